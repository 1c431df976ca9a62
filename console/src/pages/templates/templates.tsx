import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { answered, api } from '../../api/client.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useTemplates } from '../../parts/templates.ts';
import { Time } from '../../parts/time.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { usePreferences } from '../../preferences/preferences.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { templateTexts } from './texts.ts';

/** The account's templates. */
export default function Templates() {
  const t = useTexts(templateTexts);
  const { language } = usePreferences();
  const { may } = useSession();
  const say = useToast();
  const queries = useQueryClient();
  const { query } = useTemplates();
  const sync = useMutation({
    mutationFn: () => answered(api.POST('/v1/templates/sync')),
    async onSuccess() {
      await queries.invalidateQueries();
      say(t.synced(queries.getQueryData<unknown[]>(['templates'])?.length ?? 0));
    },
  });
  return (
    <Page
      title={t.title}
      intro={t.intro}
      actions={
        may('manage') && (
          <>
            <Button variant="default" loading={sync.isPending} onClick={() => sync.mutate()}>
              {t.sync}
            </Button>
            <Button component={Link} href="/templates/library">
              {t.add}
            </Button>
          </>
        )
      }
    >
      {sync.error && <ErrorAlert error={sync.error} />}
      <Section title={t.list}>
        <Loaded query={query}>
          {(templates) =>
            templates.length === 0 ? (
              <Empty title={t.none}>
                <p>{t.noneText}</p>
              </Empty>
            ) : (
              <DataTable
                label={t.list}
                rows={templates}
                rowKey={({ templateId }) => templateId}
                columns={[
                  {
                    title: t.name,
                    cell: ({ templateId, title, alias }) => (
                      <span className="template-name">
                        <Link href={`/templates/${templateId}`}>{title}</Link>
                        <code className="dim" title={templateId}>
                          {alias ?? templateId}
                        </code>
                      </span>
                    ),
                  },
                  { title: t.kind, cell: ({ kind }) => <span className="nowrap">{t.kinds[kind]}</span> },
                  { title: t.fields, cell: ({ fields }) => fields.map(({ label }) => label).join('、') },
                  {
                    title: t.warnings,
                    cell: ({ warnings }) => warnings.map((one) => <div key={one.code}>{one[language]}</div>),
                  },
                  { title: t.read, cell: ({ syncedAt }) => <Time at={syncedAt} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}
