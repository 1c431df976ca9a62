import { grantsOf, type Ledger, type TemplateKind, withGrants } from './ledger.ts';
import { knownKind } from './report-grants.ts';

/** The mark of a set-aside grant: void once the template's grants have been zeroed since. */
export interface Hold {
  readonly epoch: number;
}

/** What came of the wish to set a grant aside. */
export type HoldResult =
  | { readonly type: 'held'; readonly ledger: Ledger; readonly hold: Hold }
  | { readonly type: 'no-grant' };

/** Whether one accept serves many sends, going by what is known of the template now and what was known before. */
export function isLongTerm(kind: TemplateKind): boolean {
  return kind === 'long-term';
}

function hasGrant(ledger: Ledger, templateId: string, kind: TemplateKind): boolean {
  const grants = grantsOf(ledger, templateId);
  if (!grants) return false;
  return isLongTerm(knownKind(kind, grants.kind)) ? grants.subscribed : grants.available > 0;
}

/** Sets one grant aside for a booked message. A long-term subscription has nothing to set aside and is only looked at. */
export function holdGrant(ledger: Ledger, templateId: string, kind: TemplateKind): HoldResult {
  const grants = grantsOf(ledger, templateId);
  if (!grants || !hasGrant(ledger, templateId, kind)) return { type: 'no-grant' };
  const hold: Hold = { epoch: grants.epoch };
  const known = { ...grants, kind: knownKind(kind, grants.kind) };
  if (isLongTerm(known.kind)) return { type: 'held', ledger: withGrants(ledger, templateId, known), hold };
  const held = { ...known, available: known.available - 1, held: known.held + 1 };
  return { type: 'held', ledger: withGrants(ledger, templateId, held), hold };
}

/** Gives a set-aside grant back. A void hold has nothing left to give, and a long-term one never took anything. */
export function releaseHold(ledger: Ledger, templateId: string, hold: Hold): Ledger {
  const grants = grantsOf(ledger, templateId);
  if (!grants || isLongTerm(grants.kind) || grants.epoch !== hold.epoch) return ledger;
  return withGrants(ledger, templateId, {
    ...grants,
    available: grants.available + 1,
    held: grants.held - 1,
  });
}
