import { describe, expect, test } from 'vitest';
import { prefetchLedgers } from '../../../../lib/campaigns/runs/prefetch-ledgers.ts';
import { emptyLedger } from '../../../../lib/grants/ledger.ts';

const OPENIDS = Array.from({ length: 60 }, (_, place) => `o${place}`);

function watched(failing?: number) {
  const reads: string[][] = [];
  let nowMs = 0;
  const ledgerOf = prefetchLedgers(
    {
      audience: {
        async loadLedgers(openids) {
          reads.push([...openids]);
          if (reads.length === failing) throw new Error('The table is away.');
          return new Map(
            openids.map((openid) => [openid, { value: emptyLedger(openid), version: 'v' }] as const),
          );
        },
      },
      clock: () => nowMs,
    },
    OPENIDS,
  );
  return { reads, ledgerOf, pass: (ms: number) => (nowMs += ms) };
}

describe('ledgers read ahead', () => {
  test('come out of one read for 25, and each user is read once', async () => {
    const { reads, ledgerOf } = watched();
    for (const openid of OPENIDS) expect((await ledgerOf(openid))?.value.openid).toBe(openid);
    expect(reads.map((read) => read.length)).toEqual([25, 25, 10]);
    expect(reads.flat()).toEqual(OPENIDS);
  });

  test('are begun to be read when the last of those before them is asked for, and no earlier', async () => {
    const { reads, ledgerOf } = watched();
    await Promise.all(OPENIDS.slice(0, 24).map(ledgerOf));
    expect(reads).toHaveLength(1);
    const last = ledgerOf('o24');
    expect(reads[1]?.[0]).toBe('o25');
    await last;
  });

  test('are not given once they are two seconds old: who comes that late reads anew', async () => {
    const { ledgerOf, pass } = watched();
    expect(await ledgerOf('o0')).toBeDefined();
    pass(2_000);
    expect(await ledgerOf('o1')).toBeUndefined();
  });

  test('that cannot be read fail for those who ask for them, and for nobody else', async () => {
    const { ledgerOf } = watched(2);
    await expect(ledgerOf('o24')).resolves.toBeDefined();
    await expect(ledgerOf('o25')).rejects.toThrow('The table is away.');
    await expect(ledgerOf('o50')).resolves.toBeDefined();
  });
});
