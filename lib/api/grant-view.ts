import type * as v from 'valibot';
import { grantsOf, type Ledger, spentOf } from '../grants/ledger.ts';
import { toRfc3339 } from './schemas/common.ts';
import type { grant } from './schemas/grants.ts';

/** What a user granted for one template, as callers see it; undefined if they never answered for it. */
export function grantView(ledger: Ledger, templateId: string): v.InferOutput<typeof grant> | undefined {
  const grants = grantsOf(ledger, templateId);
  if (!grants) return undefined;
  const longTerm = grants.kind === 'long-term';
  return {
    openid: ledger.openid,
    templateId,
    kind: grants.kind,
    available: longTerm ? null : grants.available,
    ...(longTerm && { subscribed: grants.subscribed }),
    held: longTerm ? 0 : grants.held,
    spent: longTerm ? 0 : spentOf(grants),
    lastStatus: grants.lastStatus,
    ...(grants.silentReject && { silentReject: true }),
    updatedAt: toRfc3339(grants.updatedAtMs),
  };
}
