import { Select, Stack, Switch, TextInput } from '@mantine/core';
import { useEffect } from 'react';
import { ErrorAlert } from '../../../parts/error-alert.tsx';
import { Loaded } from '../../../parts/loaded.tsx';
import { TemplateFields } from '../../../parts/message-form/template-fields.tsx';
import { useDataCheck } from '../../../parts/message-form/use-data-check.ts';
import { NoTemplates } from '../../../parts/no-templates.tsx';
import { PhoneCard } from '../../../parts/phone-card.tsx';
import { type Template, useTemplates } from '../../../parts/templates.ts';
import { useTexts } from '../../../texts.ts';
import { type Draft, sampleOf, variablesOf } from './draft.ts';
import { newCampaignTexts } from './texts.ts';

interface Props {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
  readonly onValid: (isValid: boolean) => void;
}

/** What the campaign says: checked while it is written, with examples in the place of variables. */
export function MessageStep({ draft, onChange, onValid }: Props) {
  const t = useTexts(newCampaignTexts);
  const { query, templates, find } = useTemplates();
  const template = draft.templateId === null ? undefined : find(draft.templateId);
  return (
    <Loaded query={query}>
      {() =>
        templates.length === 0 ? (
          <NoTemplates />
        ) : (
          <Stack gap="md">
            <TextInput
              label={t.name}
              description={t.nameHint}
              maxLength={100}
              value={draft.name}
              onChange={(event) => onChange({ name: event.currentTarget.value })}
            />
            <Select
              label={t.template}
              placeholder={t.chooseTemplate}
              searchable
              value={draft.templateId}
              onChange={(templateId) => onChange({ templateId, data: {} })}
              data={templates.map(({ templateId, title, alias, kind }) => ({
                value: templateId,
                label: `${title}${alias === undefined ? '' : ` (${alias})`}${kind === 'device' ? ` · ${t.forDevices}` : ''}`,
                // A message of it is about one device, which no list names.
                disabled: kind === 'device',
              }))}
            />
            {template && (
              <Texts
                key={template.templateId}
                template={template}
                draft={draft}
                onChange={onChange}
                onValid={onValid}
              />
            )}
          </Stack>
        )
      }
    </Loaded>
  );
}

function Texts({ template, draft, onChange, onValid }: Props & { readonly template: Template }) {
  const t = useTexts(newCampaignTexts);
  const sample = sampleOf(draft.data, template);
  const { check, error, isCurrent } = useDataCheck(template.templateId, { data: sample, fit: draft.fit });
  const isValid = check?.valid === true && isCurrent && draft.name.trim() !== '';
  useEffect(() => onValid(isValid), [isValid, onValid]);
  const variables = variablesOf(draft);
  return (
    <div className="columns">
      <Stack gap="md">
        <TemplateFields
          template={template}
          data={draft.data}
          onChange={(data) => onChange({ data })}
          check={check}
          isShown={(key) => draft.data[key] !== undefined}
        />
        <p className="dim">{variables.length === 0 ? t.variables : t.used(variables.join(', '))}</p>
        <Switch
          label={t.fit}
          description={t.fitHint}
          checked={draft.fit}
          onChange={(event) => onChange({ fit: event.currentTarget.checked })}
        />
        <TextInput
          label={t.page}
          description={t.pageHint}
          value={draft.page}
          onChange={(event) => onChange({ page: event.currentTarget.value })}
        />
        {error && <ErrorAlert error={error} />}
      </Stack>
      <PhoneCard
        template={template}
        data={check?.valid === true ? check.data : sample}
        opensPage={draft.page.trim() !== ''}
      />
    </div>
  );
}
