import { Link } from 'wouter';
import type { Schemas } from '../../api/client.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { runTexts } from './run-texts.ts';

type Recipient = Schemas['RunRecipient'];

/** Recipients, each with what became of them. */
export function RecipientTable(o: {
  readonly label: string;
  readonly rows: readonly Recipient[];
  readonly onMore?: (() => void) | undefined;
  readonly isFetchingMore?: boolean;
}) {
  const t = useTexts(runTexts);
  return (
    <DataTable
      {...o}
      rowKey={({ openid }) => openid}
      columns={[
        {
          title: t.openid,
          cell: ({ openid }) => (
            <Link href={`/users/${openid}`}>
              <code>{openid}</code>
            </Link>
          ),
        },
        { title: t.status, cell: ({ status }) => t.counts[status] },
        { title: t.reason, cell: reasonOf },
        { title: t.at, cell: ({ at }) => at !== undefined && <Time at={at} /> },
      ]}
    />
  );
}

/** Reasons that the state says already. */
const SAYS_NOTHING = new Set(['accepted', 'delivered']);

function reasonOf({ errcode, reason, problems }: Recipient): string {
  return [...(errcode === undefined || errcode === 0 ? [] : [String(errcode)]), reason, ...(problems ?? [])]
    .filter((word) => word !== undefined && !SAYS_NOTHING.has(word))
    .join(' ');
}
