import type { BilingualText } from '../../../../../lib/bilingual-text.ts';
import {
  firstRunOf,
  nextRuns,
  readExpression,
} from '../../../../../lib/campaigns/schedule/schedule-expression.ts';
import type { Schemas } from '../../../api/client.ts';

/** The next runs of a schedule, or why it has none. */
export type ComingRuns =
  | { readonly type: 'runs'; readonly runsAtMs: readonly number[] }
  | { readonly type: 'never' }
  | { readonly type: 'invalid'; readonly why: BilingualText };

/** What EventBridge Scheduler will make of a schedule, by the service's own rules. */
export function comingRuns(schedule: Schemas['Schedule'], count: number): ComingRuns {
  const read = readExpression(schedule);
  if (read.type === 'bad') return { type: 'invalid', why: read.invalid };
  const runsAtMs = nextRuns(firstRunOf(schedule, Date.now()), Date.now(), count);
  return runsAtMs.length === 0 ? { type: 'never' } : { type: 'runs', runsAtMs };
}
