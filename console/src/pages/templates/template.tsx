import { Alert, Button, Stack, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'wouter';
import { answered, api } from '../../api/client.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { TemplateFields } from '../../parts/message-form/template-fields.tsx';
import { useDataCheck } from '../../parts/message-form/use-data-check.ts';
import { Page, Section } from '../../parts/page.tsx';
import { PhoneCard } from '../../parts/phone-card.tsx';
import type { Template } from '../../parts/templates.ts';
import { usePreferences } from '../../preferences/preferences.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { AliasForm } from './alias-form.tsx';
import { DeleteTemplate } from './delete-template.tsx';
import { KindForm } from './kind-form.tsx';
import { templateTexts } from './texts.ts';

/** One template: its fields and rules, its alias, and a place to try data. */
export default function TemplatePage() {
  const t = useTexts(templateTexts);
  const { id = '' } = useParams<{ id: string }>();
  const { may } = useSession();
  const [isDeleting, setIsDeleting] = useState(false);
  const query = useQuery({
    queryKey: ['templates', 'one', id],
    queryFn: () => answered(api.GET('/v1/templates/{id}', { params: { path: { id } } })),
  });
  return (
    <Page
      title={query.data?.title ?? t.title}
      intro={query.data && <code>{id}</code>}
      actions={
        query.data &&
        may('manage') && (
          <Button variant="light" color="red" onClick={() => setIsDeleting(true)}>
            {t.delete}
          </Button>
        )
      }
    >
      <Loaded query={query} sought={{ is: 'template', id }}>
        {(template) => (
          <>
            <Remarks template={template} />
            <Section title={t.fields}>
              <Fields template={template} />
            </Section>
            {may('manage') && (
              <Section title={t.alias}>
                <AliasForm template={template} />
                {template.kind !== 'one-time' && <KindForm template={template} />}
              </Section>
            )}
            <Section title={t.tryData}>
              <TryData template={template} />
            </Section>
            <DeleteTemplate template={template} isOpen={isDeleting} onClose={() => setIsDeleting(false)} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Remarks({ template }: { readonly template: Template }) {
  const { language } = usePreferences();
  return template.warnings.map((warning) => (
    <Alert key={warning.code} color="yellow" variant="light">
      {warning[language]}
    </Alert>
  ));
}

function Fields({ template }: { readonly template: Template }) {
  const t = useTexts(templateTexts);
  const { language } = usePreferences();
  return (
    <DataTable
      label={t.fields}
      rows={template.fields}
      rowKey={({ key }) => key}
      columns={[
        { title: t.field, cell: ({ key }) => <code className="nowrap">{key}</code> },
        { title: t.label, cell: ({ label }) => label },
        {
          title: t.rule,
          cell: ({ rule, values }) => (
            <>
              {rule[language]}
              {values && <div className="dim">{values.join('、')}</div>}
            </>
          ),
        },
        { title: t.example, cell: ({ example }) => example },
      ]}
    />
  );
}

function TryData({ template }: { readonly template: Template }) {
  const t = useTexts(templateTexts);
  const [data, setData] = useState<Readonly<Record<string, string>>>({});
  const [fit, setFit] = useState(true);
  const { check, error } = useDataCheck(template.templateId, { data, fit });
  return (
    <>
      <p className="dim">{t.tryText}</p>
      <div className="columns">
        <Stack gap="md">
          <TemplateFields
            template={template}
            data={data}
            onChange={setData}
            check={check}
            isShown={(key) => data[key] !== undefined}
          />
          <Switch
            label={t.fit}
            description={t.fitHint}
            checked={fit}
            onChange={(event) => setFit(event.currentTarget.checked)}
          />
          {check?.valid === true && (
            <Alert color="green" variant="light">
              {t.fits}
            </Alert>
          )}
          {error && <ErrorAlert error={error} />}
        </Stack>
        <PhoneCard template={template} data={check?.valid === true ? check.data : data} opensPage={false} />
      </div>
    </>
  );
}
