import { Button, Title } from '@mantine/core';
import { Link } from 'wouter';
import { QingniaoProblem } from '../api/client.ts';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts.ts';
import { kindOf, missingTexts, openidIn } from './missing-texts.ts';

/** What a page looks up by its id. */
export type Sought = 'message' | 'campaign' | 'run' | 'recipient' | 'template';

/** Where to look for what there is. */
const LISTS: Readonly<Record<Sought, string | undefined>> = {
  message: '/messages',
  campaign: '/campaigns',
  run: '/campaigns',
  recipient: undefined,
  template: '/templates',
};

/** Whether the service says that there is none, so that asking again cannot help. */
export function isMissing(error: Error | null): boolean {
  return error instanceof QingniaoProblem && error.code === 'not-found';
}

/** Stands where what was looked up is not there: what was looked for, in which mini program, and what may be the reason. */
export function Missing({ sought, id }: { readonly sought: Sought; readonly id: string }) {
  const t = useTexts(missingTexts);
  const { app } = useSession();
  const other = kindOf(id);
  const openid = openidIn(id);
  const list = LISTS[sought];
  return (
    <section className="section missing" role="alert">
      <Title order={2} size="h4">
        {t.title[sought](app.name ?? app.appid)}
      </Title>
      <code>{id}</code>
      <ul>
        {other !== undefined && other !== sought && <li>{t.isOf[other]}</li>}
        <li>{t.typing[sought]}</li>
        {t.gone[sought].map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
        <li>
          <OtherApps />
        </li>
      </ul>
      <p className="links">
        {openid !== undefined && <Link href={`/users/${openid}`}>{t.userIn(openid)}</Link>}
        {list !== undefined && <Link href={list}>{t.list[sought]}</Link>}
      </p>
    </section>
  );
}

/** The same address in another mini program, of those that the key is for. */
export function OtherApps() {
  const t = useTexts(missingTexts);
  const { apps, app, switchApp } = useSession();
  const others = apps.filter(({ appid }) => appid !== app.appid);
  if (others.length === 0) return t.oneApp;
  return (
    <>
      {t.otherApps}{' '}
      {others.map(({ appid, name }) => (
        <Button key={appid} size="compact-xs" variant="default" onClick={() => switchApp(appid)}>
          {t.lookIn(name ?? appid)}
        </Button>
      ))}
    </>
  );
}
