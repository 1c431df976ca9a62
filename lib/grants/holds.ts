import type * as v from 'valibot';
import { count, storedObject } from '../stored-schemas.ts';
import { type GrantSubject, grantKeyOf } from './grant-key.ts';
import { grantsOf, isSubscription, knownKind, type Ledger, type TemplateKind, withGrants } from './ledger.ts';

/** A grant that is set aside for a message; void once the template's grants have been zeroed since. */
export const holdSchema = storedObject({ epoch: count });

/** A grant that is set aside for a message. */
export type Hold = Readonly<v.InferOutput<typeof holdSchema>>;

/** The ledger after a grant was set aside, or that there is none. */
export type HoldResult =
  | { readonly type: 'held'; readonly ledger: Ledger; readonly hold: Hold }
  | { readonly type: 'no-grant' };

/** Sets one grant aside. A long-term subscription has nothing to set aside and is only checked. */
export function holdGrant(ledger: Ledger, grantKey: string, kind: TemplateKind): HoldResult {
  const grants = grantsOf(ledger, grantKey);
  if (!grants) return { type: 'no-grant' };
  const hold: Hold = { epoch: grants.epoch };
  const known = { ...grants, kind: knownKind(kind, grants.kind) };
  if (isSubscription(known.kind)) {
    if (!known.subscribed) return { type: 'no-grant' };
    return { type: 'held', ledger: withGrants(ledger, grantKey, known), hold };
  }
  if (known.available <= 0) return { type: 'no-grant' };
  const held = { ...known, available: known.available - 1, held: known.held + 1 };
  return { type: 'held', ledger: withGrants(ledger, grantKey, held), hold };
}

/** Something that a grant may be set aside for. */
interface Holder extends GrantSubject {
  readonly hold?: Hold;
}

/** Gives back all that is held for these. */
export function releaseHolds(ledger: Ledger, holders: readonly Holder[]): Ledger {
  return holders.reduce(
    (before, holder) => (holder.hold ? releaseHold(before, grantKeyOf(holder), holder.hold) : before),
    ledger,
  );
}

/** Gives a held grant back. A void hold has nothing to give, and a long-term one never took anything. */
export function releaseHold(ledger: Ledger, grantKey: string, hold: Hold): Ledger {
  const grants = grantsOf(ledger, grantKey);
  if (!grants || isSubscription(grants.kind) || grants.epoch !== hold.epoch) return ledger;
  const released = { ...grants, available: grants.available + 1, held: grants.held - 1 };
  return withGrants(ledger, grantKey, released);
}
