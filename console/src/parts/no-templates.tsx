import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answered, api } from '../api/client.ts';
import { bilingual } from '../bilingual.ts';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts.ts';
import { Empty } from './empty.tsx';
import { ErrorAlert } from './error-alert.tsx';

const texts = bilingual({
  en: {
    title: 'No template is known yet',
    text: 'A message is made from a template of the account. Read the account’s templates from WeChat. Where it has none, add one under Templates.',
    read: 'Read the templates from WeChat',
  },
  zh: {
    title: '还没有模板',
    text: '消息由账号中的模板生成。请从微信读取账号的模板；如果账号中没有，请在“模板”页面添加。',
    read: '从微信读取模板',
  },
});

/** Stands where a template is to be chosen and none is known, with the way to some. */
export function NoTemplates() {
  const t = useTexts(texts);
  const { may } = useSession();
  const queries = useQueryClient();
  const sync = useMutation({
    mutationFn: () => answered(api.POST('/v1/templates/sync')),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <Empty title={t.title}>
      <p>{t.text}</p>
      {may('manage') && (
        <Button loading={sync.isPending} onClick={() => sync.mutate()}>
          {t.read}
        </Button>
      )}
      {sync.error && <ErrorAlert error={sync.error} />}
    </Empty>
  );
}
