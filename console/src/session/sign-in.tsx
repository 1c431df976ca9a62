import { Button, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { bilingual } from '../bilingual.ts';
import { LanguageButton } from '../layout/language-button.tsx';
import { ErrorAlert } from '../parts/error-alert.tsx';
import { useTexts } from '../texts.ts';

const texts = bilingual({
  en: {
    title: 'Qingniao console',
    hint: 'Sign in with an API key. It stays in this tab only, and the page can do what the key can.',
    key: 'API key',
    where: 'npm run setup gave it out; npm run dev uses dev-key.',
    signIn: 'Sign in',
  },
  zh: {
    title: '青鸟控制台',
    hint: '请用 API Key 登录。密钥只保存在当前标签页中，页面能做的事取决于密钥的权限。',
    key: 'API Key',
    where: '由 npm run setup 生成；npm run dev 使用 dev-key。',
    signIn: '登录',
  },
});

/** Asks for an API key. */
export function SignIn(o: {
  readonly isChecking: boolean;
  readonly error: Error | undefined;
  /** Looks again with the key that the tab has. */
  readonly onRetry: () => void;
  readonly onSignIn: (key: string) => void;
}) {
  const t = useTexts(texts);
  const [key, setKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== '') o.onSignIn(key.trim());
  };
  return (
    <div className="sign-in">
      <div className="sign-in-language">
        <LanguageButton />
      </div>
      <main className="sign-in-card">
        <form onSubmit={submit}>
          <Stack gap="md">
            <div className="brand">
              <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={44} height={44} />
              <Title order={1} size="h3">
                {t.title}
              </Title>
            </div>
            <Text size="sm">{t.hint}</Text>
            {o.error && <ErrorAlert error={o.error} onRetry={o.onRetry} />}
            <PasswordInput
              label={t.key}
              description={t.where}
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              autoComplete="off"
              autoFocus
              required
              withAsterisk={false}
            />
            <Button type="submit" loading={o.isChecking}>
              {t.signIn}
            </Button>
          </Stack>
        </form>
      </main>
    </div>
  );
}
