import { Alert, Button, FileInput, Radio, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, api } from '../../../api/client.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { download } from '../../../parts/download.ts';
import { useCountFormat } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts.ts';
import { type Draft, variablesOf } from './draft.ts';
import { type CheckedList, checkList, faultyFile, readTable } from './recipient-list.ts';
import { newCampaignTexts } from './texts.ts';

interface Props {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

/** To whom: everyone with a grant, or a list. */
export function AudienceStep({ draft, onChange }: Props) {
  const t = useTexts(newCampaignTexts);
  const count = useCountFormat();
  const variables = variablesOf(draft);
  const stock = useQuery({
    queryKey: ['stock', draft.templateId],
    queryFn: () =>
      answered(api.GET('/v1/stats', { params: { query: { templateId: draft.templateId ?? '' } } })),
  });
  const available = stock.data?.items.at(-1)?.available ?? 0;
  return (
    <Stack gap="md">
      <Radio.Group
        aria-label={t.steps.audience}
        value={draft.audience}
        onChange={(value) => onChange({ audience: value === 'list' ? 'list' : 'grantees' })}
      >
        <Stack gap="sm">
          <Radio
            value="grantees"
            label={t.grantees}
            description={variables.length > 0 ? t.granteesVariables : t.granteesHint(count(available))}
            disabled={variables.length > 0}
          />
          <Radio value="list" label={t.list} description={t.listHint} />
        </Stack>
      </Radio.Group>
      {draft.audience === 'list' && <ListInput draft={draft} onChange={onChange} variables={variables} />}
    </Stack>
  );
}

function ListInput({ draft, onChange, variables }: Props & { readonly variables: readonly string[] }) {
  const t = useTexts(newCampaignTexts);
  const [isUnreadable, setIsUnreadable] = useState(false);
  const take = async (file: File | null) => {
    setIsUnreadable(false);
    if (!file) return;
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
      const table = readTable(text);
      const columnOf = (name: string) =>
        table.columns.findIndex((one) => one.toLowerCase() === name.toLowerCase());
      const byName = Object.fromEntries(variables.map((name) => [name, Math.max(0, columnOf(name))]));
      onChange({ list: checkList(table, Math.max(0, columnOf('openid')), byName) });
    } catch {
      setIsUnreadable(true);
    }
  };
  return (
    <>
      <FileInput label={t.file} accept=".csv,text/csv,.txt" onChange={(file) => void take(file)} />
      {isUnreadable && (
        <Alert color="red" variant="light" role="alert">
          {t.unreadable}
        </Alert>
      )}
      {draft.list && (
        <ListPreview list={draft.list} onChange={(list) => onChange({ list })} variables={variables} />
      )}
    </>
  );
}

/** So many rows show what is in the file. */
const SHOWN = 5;

function ListPreview({
  list,
  onChange,
  variables,
}: {
  readonly list: CheckedList;
  readonly onChange: (list: CheckedList) => void;
  readonly variables: readonly string[];
}) {
  const t = useTexts(newCampaignTexts);
  const count = useCountFormat();
  const { table, openidColumn, variableColumns, good, faulty } = list;
  const columns = table.columns.map((name, place) => ({
    value: String(place),
    label: name || `${place + 1}`,
  }));
  return (
    <>
      <div className="filters">
        <Select
          label={t.openidColumn}
          allowDeselect={false}
          data={columns}
          value={String(openidColumn)}
          onChange={(place) => onChange(checkList(table, Number(place), variableColumns))}
        />
        {variables.map((name) => (
          <Select
            key={name}
            label={t.columnFor(name)}
            allowDeselect={false}
            data={columns}
            value={String(variableColumns[name] ?? 0)}
            onChange={(place) =>
              onChange(checkList(table, openidColumn, { ...variableColumns, [name]: Number(place) }))
            }
          />
        ))}
      </div>
      <Alert color={good.length > 0 ? 'green' : 'red'} variant="light">
        {t.good(count(good.length))}
      </Alert>
      {faulty.length > 0 && (
        <Alert color="yellow" variant="light">
          {t.faulty(count(faulty.length))}{' '}
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => download('faulty.csv', faultyFile(list))}
          >
            {t.download}
          </Button>
        </Alert>
      )}
      <DataTable<readonly string[]>
        label={t.preview}
        rows={table.rows.slice(0, SHOWN)}
        rowKey={(row) => row.join('\t')}
        columns={table.columns.map((title, place) => ({ title, cell: (row) => row[place] ?? '' }))}
      />
    </>
  );
}
