import type { Clock } from '../../clock.ts';
import type { Ledger } from '../../grants/ledger.ts';
import type { Versioned } from '../../versioned.ts';
import type { TemplateUsers } from './recipient-source.ts';

/** So many ledgers are read in one call. */
const GROUP_SIZE = 25;
/** An older ledger has often been changed by somebody else, so a claim over it would conflict. */
const FRESH_MS = 2_000;

/**
 * Reads ledgers in groups of {@link GROUP_SIZE}, one group ahead. `openids` are in the order in which they
 * are asked for. Asking for the last of a group starts the read of the next. A ledger that has grown old by
 * then is left out.
 */
export function prefetchLedgers(
  { audience, clock }: { readonly audience: Pick<TemplateUsers, 'loadLedgers'>; readonly clock: Clock },
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
