import { Alert, Button, Text } from '@mantine/core';
import { QingniaoProblem } from '../api/client.ts';
import { mayPass } from '../api/may-pass.ts';
import { bilingual } from '../bilingual.ts';
import { usePreferences } from '../preferences/preferences.tsx';
import { useTexts } from '../texts.ts';
import { titleIn } from './problem-titles.ts';

const texts = bilingual({
  en: {
    notReached: 'The service was not reached',
    network: 'Check the network, then try again. Nothing is known of whether the request arrived.',
    wechat: (errcode: number | undefined, errmsg: string) => `WeChat answered ${errcode ?? ''} ${errmsg}`,
    request: 'Request',
    again: 'Try again',
  },
  zh: {
    notReached: '未能连接到服务',
    network: '请检查网络后重试。无法确定请求是否已经到达。',
    wechat: (errcode: number | undefined, errmsg: string) => `微信返回 ${errcode ?? ''} ${errmsg}`,
    request: '请求编号',
    again: '重试',
  },
});

/** An error in the reader's language, with what to do next; trying again is offered where it may help. */
export function ErrorAlert({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const t = useTexts(texts);
  const { language } = usePreferences();
  const problem = error instanceof QingniaoProblem && error.code !== 'no-answer' ? error : undefined;
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      title={problem ? titleIn(problem, language) : t.notReached}
    >
      <Text size="sm">{problem ? problem.remedy[language] : t.network}</Text>
      {problem && problem.errors.length > 0 && (
        <ul className="problem-list">
          {problem.errors.map(({ path, message, zh }) => (
            <li key={`${path} ${message}`}>
              {path !== '' && <code>{path}</code>} {language === 'zh' ? zh : message}
            </li>
          ))}
        </ul>
      )}
      {problem?.wechat && (
        <Text size="xs" mt={4}>
          {t.wechat(problem.wechat.errcode, problem.wechat.errmsg ?? '')}
        </Text>
      )}
      {problem?.requestId !== undefined && (
        <Text size="xs" mt={4} className="dim">
          {t.request} {problem.requestId}
        </Text>
      )}
      {onRetry && mayPass(error) && (
        <Button size="xs" mt="xs" variant="default" onClick={onRetry}>
          {t.again}
        </Button>
      )}
    </Alert>
  );
}
