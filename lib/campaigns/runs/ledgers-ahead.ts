import type { Clock } from '../../clock.ts';
import type { Ledger } from '../../grants/ledger.ts';
import type { Stored } from '../../stored.ts';
import type { AudienceStore } from './recipient-source.ts';

/** Ledgers are read for so many recipients at once. */
const AT_ONCE = 25;
/** Older than this, a ledger has too often been changed by somebody else. */
const FRESH_MS = 2_000;

/** Gives ledgers by openid out of reads of many; `openids` are in the order in which they will be asked for. */
export function readLedgersAhead(
  { audience, clock }: { readonly audience: Pick<AudienceStore, 'loadLedgers'>; readonly clock: Clock },
  openids: readonly string[],
): (openid: string) => Promise<Stored<Ledger> | undefined> {
  const groups = new Map<number, { readonly atMs: number; readonly ledgers: Promise<Ledgers> }>();

  return async (openid) => {
    const group = Math.floor(openids.indexOf(openid) / AT_ONCE);
    const known = groups.get(group);
    const read = known ?? {
      atMs: clock(),
      ledgers: audience.loadLedgers(openids.slice(group * AT_ONCE, (group + 1) * AT_ONCE)),
    };
    groups.set(group, read);
    const ledger = (await read.ledgers).get(openid);
    return clock() - read.atMs < FRESH_MS ? ledger : undefined;
  };
}

type Ledgers = ReadonlyMap<string, Stored<Ledger>>;
