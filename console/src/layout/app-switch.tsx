import { Select } from '@mantine/core';
import { bilingual } from '../bilingual.ts';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts.ts';

const texts = bilingual({ en: { app: 'Mini program' }, zh: { app: '小程序' } });

/** Chooses the mini program that all pages are about. With one there is nothing to choose. */
export function AppSwitch() {
  const t = useTexts(texts);
  const { apps, app, switchApp } = useSession();
  if (apps.length < 2)
    return (
      <span className="app-name" title={app.appid}>
        {app.name ?? app.appid}
      </span>
    );
  return (
    <Select
      className="app-switch"
      aria-label={t.app}
      size="xs"
      data={apps.map(({ appid, name }) => ({ value: appid, label: name ?? appid }))}
      value={app.appid}
      allowDeselect={false}
      searchable={apps.length > 8}
      onChange={(appid) => appid !== null && switchApp(appid)}
    />
  );
}
