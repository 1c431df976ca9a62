import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const instant = v.pipe(v.number(), v.integer());

const instants = v.array(instant);

const templateGrants = v.object({
  kind: v.picklist(['one-time', 'long-term', 'unknown']),
  granted: count,
  available: count,
  held: count,
  subscribed: v.boolean(),
  epoch: count,
  lastStatus: v.string(),
  silentReject: v.boolean(),
  updatedAtMs: instant,
  recent: v.exactOptional(
    v.object({
      reported: instants,
      tapped: instants,
      // Ledgers from before it was kept apart have none.
      silent: v.optional(instants, []),
      confirmed: instants,
    }),
  ),
  revokedAtMs: v.exactOptional(instant),
});

const claim = v.object({
  claimId: v.string(),
  life: v.exactOptional(v.string()),
  messageId: v.string(),
  templateId: v.string(),
  source: v.picklist(['held', 'available', 'subscription']),
  epoch: count,
  grantedBefore: count,
  startedAtMs: instant,
  leaseUntilMs: instant,
});

/** A ledger as it is stored. */
export const ledgerItem = v.object({
  openid: v.string(),
  life: v.exactOptional(v.string()),
  templates: v.record(v.string(), templateGrants),
  claim: v.exactOptional(claim),
  waiting: v.exactOptional(v.string()),
  reports: v.exactOptional(v.object({ day: count, count })),
});
