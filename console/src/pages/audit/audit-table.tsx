import type { Schemas } from '../../api/client.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { useTemplates } from '../../parts/templates.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { operationNames } from './operations.ts';
import { auditTexts } from './texts.ts';

type AuditRecord = Schemas['AuditRecord'];

/** Changes: when, by whom, which, of what, and how. */
export function AuditTable(o: {
  readonly rows: readonly AuditRecord[];
  readonly onMore: (() => void) | undefined;
  readonly isFetchingMore: boolean;
}) {
  const t = useTexts(auditTexts);
  const names = useTexts(operationNames);
  return (
    <DataTable
      {...o}
      label={t.list}
      rowKey={({ id, at }) => `${at} ${id}`}
      columns={[
        { title: t.at, cell: ({ at }) => <Time at={at} /> },
        { title: t.operator, cell: ({ operator }) => operator },
        { title: t.operation, cell: ({ operation }) => nameIn(names, operation) },
        { title: t.target, cell: ({ target }) => <Target target={target} /> },
        { title: t.values, cell: (record) => <How record={record} /> },
      ]}
    />
  );
}

/** Enough of a digest to tell two users apart by eye. */
const DIGEST_SHOWN = 12;

function Target({ target }: { readonly target: AuditRecord['target'] }) {
  const t = useTexts(auditTexts);
  const { find } = useTemplates();
  return (
    <ul>
      {Object.entries(target).map(([name, id]) => (
        <li key={name}>
          {nameIn(t.targets, name)} {(name === 'templateId' && find(id)?.title) || ''}{' '}
          <code className="dim" title={id}>
            {name === 'openidSha256' ? `${id.slice(0, DIGEST_SHOWN)}…` : id}
          </code>
        </li>
      ))}
    </ul>
  );
}

function How({ record: { values, fields } }: { readonly record: AuditRecord }) {
  const t = useTexts(auditTexts);
  const told = Object.entries(values);
  const others = fields.filter((name) => !(name in values));
  return (
    <>
      {told.map(([name, value]) => (
        <div key={name}>
          <code className="dim">{name}</code> {String(value)}
        </div>
      ))}
      {others.length > 0 && <div className="dim">{t.also(others.join(', '))}</div>}
    </>
  );
}

/** What is named here; what a newer service knows stays in its own words. */
function nameIn(names: Readonly<Record<string, string>>, name: string): string {
  return names[name] ?? name;
}
