import type { Schemas } from '../../api/client.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { TemplateName } from '../../parts/template-name.tsx';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { availableOf } from './available.ts';
import { userTexts } from './texts.ts';

type Grant = Schemas['Grant'];

/** What a user allowed, by template, and what each number means. */
export function GrantTable({ grants }: { readonly grants: readonly Grant[] }) {
  const t = useTexts(userTexts);
  return (
    <>
      <DataTable
        label={t.grants}
        rows={grants}
        rowKey={({ templateId, device }) => `${templateId} ${device?.sn} ${device?.modelId}`}
        columns={[
          {
            title: t.template,
            cell: ({ templateId, device }) => (
              <>
                <TemplateName id={templateId} />
                {device && (
                  <code className="dim device">
                    {device.sn} · {device.modelId}
                  </code>
                )}
              </>
            ),
          },
          { title: t.kind, cell: ({ kind }) => <span className="nowrap">{t.kinds[kind]}</span> },
          { title: t.available, isNumber: true, cell: (grant) => availableOf(grant, t) },
          { title: t.held, isNumber: true, cell: ({ held }) => held },
          { title: t.spent, isNumber: true, cell: ({ spent }) => spent },
          { title: t.last, cell: ({ lastStatus }) => <code>{lastStatus}</code> },
          { title: t.updated, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
        ]}
      />
      <details>
        <summary>{t.meaningOf}</summary>
        <ul className="notes">
          {t.meaning.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </>
  );
}
