import type { Schemas } from '../../api/client.ts';
import { statusNames } from '../../parts/status-badge.tsx';
import { Time } from '../../parts/time.tsx';
import { usePreferences } from '../../preferences/preferences.tsx';
import { useTexts } from '../../texts.ts';
import { messageTexts } from './texts.ts';

type Message = Schemas['Message'];

interface Step {
  readonly key: string;
  readonly at: string;
  readonly says: string;
  readonly more?: string;
  readonly tone?: 'good' | 'bad' | 'warn';
}

/** What happened to a message, in the order in which it happened. */
export function Story({ message }: { readonly message: Message }) {
  const t = useTexts(messageTexts);
  const names = useTexts(statusNames);
  const { language } = usePreferences();
  const steps: Step[] = [
    { key: 'accepted', at: message.createdAt, says: t.accepted },
    ...(message.fitted ?? []).map(({ key, from, to }) => ({
      key: `fitted-${key}`,
      at: message.createdAt,
      says: t.fitted(key, from, to),
    })),
    ...(message.warnings ?? []).map((warning) => ({
      key: `warning-${warning.path}-${warning.code}`,
      at: message.createdAt,
      says: `${warning.path}: ${warning[language]}`,
      tone: 'warn' as const,
    })),
    ...(Date.parse(message.sendAt) > Date.parse(message.createdAt) + 1_000
      ? [{ key: 'due', at: message.sendAt, says: t.due }]
      : []),
    ...endOf(message),
  ];
  return (
    <ol className="story">
      {steps.map(({ key, at, says, more, tone }) => (
        <li key={key} data-tone={tone}>
          <div>
            <div>{says}</div>
            {more !== undefined && <div className="code dim">{more}</div>}
            <div className="dim small">
              <Time at={at} />
            </div>
          </div>
        </li>
      ))}
    </ol>
  );

  function endOf({ status, outcome, deliveredAt, attempts, updatedAt }: Message): Step[] {
    if (status === 'canceled') return [{ key: 'end', at: updatedAt, says: names.canceled }];
    if (!outcome) return [];
    const more = wechatsWords(outcome);
    if (status === 'scheduled' || status === 'queued' || status === 'sending')
      return [{ key: 'attempt', at: outcome.at, says: t.attempt(attempts), more, tone: 'warn' }];
    const at = deliveredAt ?? outcome.at;
    return [{ key: 'end', at, says: names[status], more, tone: TONES[status] }];
  }
}

const TONES = {
  sent: 'good',
  delivered: 'good',
  refused: 'bad',
  failed: 'bad',
  unknown: 'warn',
} as const;

function wechatsWords({ reason, errcode, errmsg, rid, msgid }: Schemas['Outcome']): string {
  return [
    reason,
    ...(errcode === undefined ? [] : [`errcode ${errcode}`]),
    ...(errmsg === undefined ? [] : [errmsg]),
    // WeChat's own words mostly end with it.
    ...(rid === undefined || errmsg?.includes(rid) ? [] : [`rid ${rid}`]),
    ...(msgid === undefined ? [] : [`msgid ${msgid}`]),
  ].join(', ');
}
