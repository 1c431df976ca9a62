import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { borderBehind, borderBetween, erasedOpenid } from '../../../../lib/campaigns/runs/batch.ts';
import { recipientSourceOf, type SourceServices } from '../../../../lib/campaigns/runs/recipient-source.ts';
import { type BatchResults, UNTOUCHED } from '../../../../lib/campaigns/runs/results.ts';
import type { RunRecord } from '../../../../lib/campaigns/runs/run.ts';
import { emptyLedger, type Ledger } from '../../../../lib/grants/ledger.ts';
import { recordReport } from '../../../../lib/grants/report-grants.ts';

const NOW = Date.parse('2026-12-01T00:00:00Z');
const TEMPLATE = 'tpl';

const openid = fc
  .array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_'), {
    minLength: 22,
    maxLength: 22,
  })
  .map((letters) => `oGZUI0${letters.join('')}`);
/** No two are alike but for their last letter: WeChat's are as good as random. */
const openids = fc
  .uniqueArray(openid, { minLength: 1, maxLength: 60, selector: (user) => user.slice(0, -1) })
  .map((all) => all.toSorted());

function ledgerOf(user: string): Ledger {
  const report = { results: { [TEMPLATE]: 'accept' }, silent: [] };
  const rules = { authority: 'client', kindOf: () => 'one-time' as const, nowMs: NOW - 60_000 } as const;
  return recordReport(emptyLedger(user), report, rules);
}

type RunSource = RunRecord['source'];

function run(source: RunSource): RunRecord {
  return {
    id: 'run_1',
    campaignId: 'cmp_1',
    status: 'running',
    trigger: 'manual',
    dryRun: false,
    source,
    content: {
      templateId: TEMPLATE,
      data: {},
      miniprogramState: 'formal',
      lang: 'zh_CN',
      fit: false,
    },
    startedAtMs: NOW,
    generation: 0,
  };
}

/** An audience that is read a few at a time, of which `grantees` have a grant; the same users are named by the owner. */
function services(all: readonly string[], grantees: ReadonlySet<string>, pageSize: number): SourceServices {
  return {
    pageSize,
    audience: {
      async openids(_template, _shard, limit, after) {
        const behind = all.filter((user) => user > after);
        const page = behind.slice(0, Math.min(limit, 7));
        return {
          openids: page,
          next: page.length < behind.length || page.length === limit ? page.at(-1) : undefined,
        };
      },
      loadLedgers: async (users) =>
        new Map(
          users.map((user) => [
            user,
            { value: grantees.has(user) ? ledgerOf(user) : emptyLedger(user), version: 'v' },
          ]),
        ),
    },
    campaigns: { recipientsOf: async () => all.map((user) => ({ openid: user })) },
    runs: {
      shardOf: () => 0,
      loadBatch: async () => undefined,
      loadResults: async () => ({ value: UNTOUCHED, version: undefined }),
    },
  };
}

/** Everyone whom a source gives, and the borders between its pages. */
async function planned(from: SourceServices, source: RunSource) {
  const [found, borders]: [string[], string[]] = [[], []];
  for (let after = ''; ; ) {
    const { recipients, next } = await recipientSourceOf(from, run(source), 0).next(after);
    found.push(...recipients.map((recipient) => recipient.openid));
    expect(recipients.length).toBeLessThanOrEqual(from.pageSize);
    for (const recipient of recipients) {
      expect(recipient.openid > after && (next === undefined || recipient.openid < next)).toBe(true);
    }
    if (next === undefined) return { found, borders };
    borders.push(next);
    after = next;
  }
}

describe('batches of recipients', () => {
  test.each<[string, RunSource]>([
    ['grantees', { type: 'grantees' }],
    ['named recipients', { type: 'recipients', count: 0, pages: 1 }],
  ])('of %s hold everyone once, and their borders hold no openid', async (_, source) => {
    await fc.assert(
      fc.asyncProperty(openids, fc.integer({ min: 1, max: 9 }), fc.nat(), async (all, size, salt) => {
        const chosen = all.filter((_user, index) => source.type === 'recipients' || (index + salt) % 3 !== 0);
        const { found, borders } = await planned(services(all, new Set(chosen), size), source);
        expect(found).toEqual(chosen);
        for (const border of borders) expect(all.some((user) => border.startsWith(user))).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  test('of those who failed leave out who was erased since', async () => {
    const failed = { state: 'failed', attempts: 1, outcome: { atMs: NOW, reason: 'system' } } as const;
    const results: BatchResults = { ...UNTOUCHED, results: new Map([0, 1].map((index) => [index, failed])) };
    const recipients = [{ openid: erasedOpenid(0) }, { openid: 'o-b' }];
    const page = {
      campaignId: 'cmp_1',
      templateId: TEMPLATE,
      recipients,
      upTo: { batches: 1, recipients: 2 },
    };
    const source = recipientSourceOf(
      {
        ...services([], new Set(), 100),
        runs: {
          shardOf: () => 0,
          loadBatch: async () => page,
          loadResults: async () => ({ value: results, version: 'v' }),
        },
      },
      run({ type: 'failed-of', runId: 'run_0' }),
      0,
    );
    expect(await source.next('')).toEqual({ recipients: [{ openid: 'o-b' }] });
  });
});

test('a border sorts between the two whom it parts', () => {
  fc.assert(
    fc.property(openid, openid, (one, other) => {
      fc.pre(one !== other);
      const [last, following] = one < other ? [one, other] : [other, one];
      const border = borderBetween(last, following);
      expect(last <= border && border < following).toBe(true);
    }),
  );
  expect(borderBetween('o-1', 'o-10')).toBe('o-1');
});

test('many borders fit behind one another, and nobody stands between them', () => {
  fc.assert(
    fc.property(openid, openid, fc.integer({ min: 1, max: 1_200 }), (one, other, howMany) => {
      fc.pre(one !== other);
      const [last, following] = one < other ? [one, other] : [other, one];
      let border = borderBetween(last, following);
      for (let count = 0; count < howMany; count++) {
        const next = borderBehind(border);
        expect(border < next && next < following).toBe(true);
        border = next;
      }
      expect(border.length).toBeLessThan(60);
    }),
    { numRuns: 20 },
  );
  // The first letter of those that an openid may have, behind the longest border that is another's beginning.
  expect(borderBehind('o-1') < 'o-1-').toBe(true);
  expect(borderBehind('') < '-').toBe(true);
});
