import type { Clock } from '../../clock.ts';
import type { Ledger } from '../../grants/ledger.ts';
import type { Versioned } from '../../versioned.ts';
import type { AudienceStore } from './recipient-source.ts';

/** Ledgers are read for so many recipients at once. */
const AT_ONCE = 25;
/** Older than this, a ledger has too often been changed by somebody else. */
const FRESH_MS = 2_000;

/**
 * Gives ledgers by openid out of reads of many; `openids` are in the order in which they will be asked for. Who asks for the last of those
 * that were read together begins the next read, so that nobody waits for it where many ask at once, and none is read long before it
 * is asked for where few do.
 */
export function readLedgersAhead(
  { audience, clock }: { readonly audience: Pick<AudienceStore, 'loadLedgers'>; readonly clock: Clock },
  openids: readonly string[],
): (openid: string) => Promise<Versioned<Ledger> | undefined> {
  const places = new Map(openids.map((openid, key) => [openid, key]));
  const groups = new Map<number, Group>();

  function groupAt(number: number): Group {
    const known = groups.get(number);
    if (known) return known;
    const asked = openids.slice(number * AT_ONCE, (number + 1) * AT_ONCE);
    const group = { atMs: clock(), ledgers: audience.loadLedgers(asked) };
    // Nobody may be waiting for it yet; who asks is told.
    group.ledgers.catch(() => undefined);
    groups.set(number, group);
    return group;
  }

  return async (openid) => {
    const key = places.get(openid);
    if (key === undefined) return undefined;
    const group = groupAt(Math.floor(key / AT_ONCE));
    const following = key + 1;
    if (following % AT_ONCE === 0 && following < openids.length) groupAt(following / AT_ONCE);
    const ledger = (await group.ledgers).get(openid);
    return clock() - group.atMs < FRESH_MS ? ledger : undefined;
  };
}

interface Group {
  readonly atMs: number;
  readonly ledgers: Promise<Ledgers>;
}

type Ledgers = ReadonlyMap<string, Versioned<Ledger>>;
