import { Alert, Button, FileInput, Loader, Select } from '@mantine/core';
import { DataTable } from '../../../parts/data-table.tsx';
import { download } from '../../../parts/download.ts';
import { useCountFormat } from '../../../parts/time.tsx';
import { usePreferences } from '../../../preferences/preferences.tsx';
import { useTexts } from '../../../texts.ts';
import { type Draft, variablesOf } from './draft.ts';
import { type CheckedList, faultyFile, type ListColumns, MOST_RECIPIENTS } from './recipient-list.ts';
import { newCampaignTexts } from './texts.ts';
import { useRecipientList } from './use-recipient-list.ts';

interface Props {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

/** Takes a file of openids and shows what is in it. */
export function ListInput({ draft, onChange }: Props) {
  const t = useTexts(newCampaignTexts);
  const count = useCountFormat();
  const { looking, isUnreadable, choose, take } = useRecipientList(draft, onChange);
  const { list } = draft;
  return (
    <>
      <FileInput
        label={t.file}
        placeholder={t.chooseFile}
        accept=".csv,text/csv,.txt"
        onChange={(file) => {
          if (file) void take(file);
        }}
      />
      {looking && (
        <p role="status">
          <Loader size="xs" /> {t.looking(count(looking.rows ?? 0))}
        </p>
      )}
      {isUnreadable && (
        <Alert color="red" variant="light" role="alert">
          {t.unreadable}
        </Alert>
      )}
      {list && (
        <ListPreview
          list={list}
          variables={variablesOf(draft)}
          onChange={(columns) => void choose(list.table, columns)}
        />
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
  readonly onChange: (columns: ListColumns) => void;
  readonly variables: readonly string[];
}) {
  const t = useTexts(newCampaignTexts);
  const count = useCountFormat();
  const { language } = usePreferences();
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
          onChange={(place) => onChange({ variableColumns, openidColumn: Number(place) })}
        />
        {variables.map((name) => (
          <Select
            key={name}
            label={t.columnFor(name)}
            allowDeselect={false}
            data={columns}
            value={String(variableColumns[name] ?? 0)}
            onChange={(place) =>
              onChange({ openidColumn, variableColumns: { ...variableColumns, [name]: Number(place) } })
            }
          />
        ))}
      </div>
      {table.encoding !== 'UTF-8' && <p className="dim">{t.readAs(table.encoding)}</p>}
      <Alert color={good.length > 0 ? 'green' : 'red'} variant="light">
        {t.good(count(good.length))}
      </Alert>
      {good.length > MOST_RECIPIENTS && (
        <Alert color="red" variant="light" role="alert">
          {t.tooMany(count(MOST_RECIPIENTS))}
        </Alert>
      )}
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
          <ul className="problem-list">
            {faulty.slice(0, SHOWN).map(({ cells, why }, place) => (
              <li key={place}>
                <code>{cells[openidColumn] || t.emptyRow}</code> {why[language]}
              </li>
            ))}
          </ul>
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
