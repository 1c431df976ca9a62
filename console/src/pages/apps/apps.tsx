import { Badge, Button, Text } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { appTexts } from './texts.ts';

type App = Schemas['App'];

const COLORS: Readonly<Record<App['status'], string>> = {
  ready: 'green',
  'credentials-refused': 'red',
  'sending-stopped': 'orange',
};

/** The mini programs that the key may use, and how each stands. */
export default function Apps() {
  const t = useTexts(appTexts);
  const { apps, app, switchApp } = useSession();
  return (
    <Page title={t.title} intro={t.intro}>
      <Section title={t.list}>
        <DataTable
          label={t.list}
          rows={apps}
          rowKey={({ appid }) => appid}
          columns={[
            {
              title: t.name,
              cell: ({ appid, name }: App) => (
                <>
                  {name ?? ''} <code className="dim">{appid}</code>
                </>
              ),
            },
            {
              title: t.status,
              cell: ({ status }) => (
                <>
                  <Badge variant="light" color={COLORS[status]} tt="none">
                    {t.statuses[status]}
                  </Badge>
                  <Text size="xs" mt={4} className="dim">
                    {t.means[status]}
                  </Text>
                </>
              ),
            },
            {
              title: t.synced,
              cell: ({ templatesSyncedAt: at }) => (at === undefined ? t.never : <Time at={at} />),
            },
            {
              title: t.look,
              cell: ({ appid, name }) =>
                appid === app.appid ? (
                  t.current
                ) : (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`${t.switchTo} ${name ?? appid}`}
                    onClick={() => switchApp(appid)}
                  >
                    {t.switchTo}
                  </Button>
                ),
            },
          ]}
        />
        <p className="dim">
          {t.add} <code>npm run setup -- --stage NAME --app wx…</code>
        </p>
      </Section>
    </Page>
  );
}
