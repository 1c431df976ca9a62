import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { bilingual } from '../bilingual.ts';
import { useTexts } from '../texts.ts';
import { DataTable } from './data-table.tsx';
import { StatusBadge } from './status-badge.tsx';
import { TemplateName } from './template-name.tsx';
import { type Template, useTemplates } from './templates.ts';
import { Time } from './time.tsx';

type Message = Schemas['Message'];

const texts = bilingual({
  en: { status: 'Status', message: 'Texts', template: 'Template', to: 'To', at: 'When', reason: 'Reason' },
  zh: { status: '状态', message: '内容', template: '模板', to: '用户', at: '时间', reason: '原因' },
});

/** Messages, each with the way to its story. `withUser` tells to whom each was. */
export function MessageTable(o: {
  readonly label: string;
  readonly rows: readonly Message[];
  readonly withUser?: boolean;
  readonly onMore?: (() => void) | undefined;
  readonly isFetchingMore?: boolean;
}) {
  const t = useTexts(texts);
  const { find } = useTemplates();
  return (
    <DataTable
      {...o}
      rowKey={({ id }) => id}
      columns={[
        { title: t.status, cell: ({ status }) => <StatusBadge status={status} /> },
        {
          title: t.message,
          cell: (message) => (
            <Link href={`/messages/${message.id}`}>{textOf(message, find(message.templateId))}</Link>
          ),
        },
        { title: t.template, cell: ({ templateId }) => <TemplateName id={templateId} /> },
        ...(o.withUser
          ? [
              {
                title: t.to,
                cell: ({ to }: Message) => (
                  <Link href={`/users/${to}`}>
                    <code>{to}</code>
                  </Link>
                ),
              },
            ]
          : []),
        {
          title: t.at,
          cell: ({ deliveredAt, outcome, sendAt }) => <Time at={deliveredAt ?? outcome?.at ?? sendAt} />,
        },
        { title: t.reason, cell: ({ outcome }) => <ReasonOf outcome={outcome} /> },
      ]}
    />
  );
}

/** Enough of the texts to know the message by. */
function textOf({ data, id }: Message, template: Template | undefined): string {
  const keys = template?.fields.map(({ key }) => key) ?? Object.keys(data);
  return (
    keys
      .map((key) => data[key] ?? '')
      .filter(Boolean)
      .slice(0, 2)
      .join(' · ') || id
  );
}

function ReasonOf({ outcome }: { readonly outcome: Message['outcome'] }) {
  if (!outcome || outcome.errcode === 0) return null;
  return (
    <span>
      {outcome.errcode !== undefined && <code>{outcome.errcode}</code>} {outcome.reason}
    </span>
  );
}
