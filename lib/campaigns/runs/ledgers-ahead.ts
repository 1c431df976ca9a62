import type { Clock } from '../../clock.ts';
import type { Ledger } from '../../grants/ledger.ts';
import type { Versioned } from '../../versioned.ts';
import type { AudienceStore } from './recipient-source.ts';

/** So many ledgers are read in one call. */
const GROUP_SIZE = 25;
/** A ledger that is older has too often been changed by somebody else. */
const FRESH_MS = 2_000;

/**
 * Gives ledgers by openid out of reads of {@link GROUP_SIZE}. `openids` are in the order in which they are
 * asked for. Who asks for the last of a group begins the next read: many askers do not wait for it, and few
 * get no ledger that is old.
 */
export function readLedgersAhead(
  { audience, clock }: { readonly audience: Pick<AudienceStore, 'loadLedgers'>; readonly clock: Clock },
  openids: readonly string[],
): (openid: string) => Promise<Versioned<Ledger> | undefined> {
  const indexes = new Map(openids.map((openid, index) => [openid, index]));
  const groups = new Map<number, Group>();

  function groupAt(number: number): Group {
    const known = groups.get(number);
    if (known) return known;
    const asked = openids.slice(number * GROUP_SIZE, (number + 1) * GROUP_SIZE);
    const group = { atMs: clock(), ledgers: audience.loadLedgers(asked) };
    // Nobody may be waiting for it yet. Who asks for it gets the error.
    group.ledgers.catch(() => undefined);
    groups.set(number, group);
    return group;
  }

  return async (openid) => {
    const index = indexes.get(openid);
    if (index === undefined) return undefined;
    const group = groupAt(Math.floor(index / GROUP_SIZE));
    const following = index + 1;
    if (following % GROUP_SIZE === 0 && following < openids.length) groupAt(following / GROUP_SIZE);
    const ledger = (await group.ledgers).get(openid);
    return clock() - group.atMs < FRESH_MS ? ledger : undefined;
  };
}

interface Group {
  readonly atMs: number;
  readonly ledgers: Promise<Ledgers>;
}

type Ledgers = ReadonlyMap<string, Versioned<Ledger>>;
