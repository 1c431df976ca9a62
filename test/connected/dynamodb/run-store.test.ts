import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { MAX_VARIABLES, MAX_VARIABLES_BYTES } from '../../../lib/campaigns/recipients/recipient-rules.ts';
import { BATCH_SIZE, type RunBatch } from '../../../lib/campaigns/runs/batch.ts';
import type { RecipientResult } from '../../../lib/campaigns/runs/results.ts';
import { createRunStore } from '../../../lib/dynamodb/dynamodb-run-store.ts';
import { useTable } from '../../support/dynamodb.ts';

const table = await useTable();
const runs = createRunStore(table, { newVersion: randomUUID, logger: console });
const RUN_ID = 'run_01a2068f8a0075d5bb7f3be9d040c39e';

test('a batch of the largest size, with the longest openids and variables, fits into an item', async () => {
  const variables = Object.fromEntries(
    Array.from({ length: MAX_VARIABLES }, (_, n) => [
      `v${n}`.padEnd(8, '_'),
      'x'.repeat(MAX_VARIABLES_BYTES / MAX_VARIABLES - 8),
    ]),
  );
  const recipients = Array.from({ length: BATCH_SIZE }, (_, n) => ({
    openid: `o-${n}-`.padEnd(128, 'o'),
    variables,
  }));
  const key = { runId: RUN_ID, shard: 0, start: '' };
  const batch: RunBatch = {
    campaignId: 'campaign-1',
    templateId: 'template-1',
    recipients,
    upTo: { batches: 1, recipients: BATCH_SIZE },
  };
  expect(await runs.createBatch(key, batch)).toBe('created');
  expect(await runs.loadBatch(key)).toEqual(batch);
});

test('the results of a full batch come back from the table as they were written', async () => {
  const key = { runId: RUN_ID, shard: 1, start: '' };
  const results = new Map(
    Array.from({ length: BATCH_SIZE }, (_, n): [number, RecipientResult] => [
      n,
      {
        state: 'sent',
        attempts: 1,
        outcome: {
          reason: 'accepted',
          errcode: 0,
          atMs: 1_795_406_400_000 + n,
          msgid: String(3_248_682_510_344_192_008n + BigInt(n)),
        },
      },
    ]),
  );
  const before = await runs.loadResults(key);
  await runs.putResults(key, { ...before, value: { ...before.value, results } });
  expect((await runs.loadResults(key)).value.results).toEqual(results);
});

const LOST_CLAIM = { claimId: randomUUID(), effect: 'refund' as const };
const outcome = { reason: 'invalid', errcode: 47003, atMs: 1_795_406_400_000 };

test.each<[string, RecipientResult]>([
  [
    'a gateway says a page full',
    {
      state: 'pending',
      attempts: 4,
      outcome: { ...outcome, errmsg: '值'.repeat(2_000), rid: 'f'.repeat(2_000) },
      lastClaim: LOST_CLAIM,
      notBeforeMs: outcome.atMs,
      firstAtMs: outcome.atMs,
      retries: { busy: 1, rate: 1, quota: 1, connection: 1, gateway: 1, concurrent: 1 },
    },
  ],
  [
    'all variables are missing, with the longest of names',
    {
      state: 'failed',
      attempts: 0,
      outcome: { reason: 'invalid-data', atMs: outcome.atMs },
      problems: Array.from({ length: MAX_VARIABLES }, () => `missing-variable ${'名'.repeat(64)}`),
    },
  ],
])('the results of a full batch fit into an item, though of each recipient %s', async (_, result) => {
  const key = { runId: RUN_ID, shard: 2, start: result.state };
  const results = new Map(Array.from({ length: BATCH_SIZE }, (_, n) => [n, result] as const));
  const before = await runs.loadResults(key);
  await runs.putResults(key, { ...before, value: { ...before.value, results } });
  const stored = (await runs.loadResults(key)).value.results.get(BATCH_SIZE - 1);
  expect(stored).toMatchObject({ state: result.state, attempts: result.attempts });
  expect(result.outcome.errmsg ?? '').toContain(stored?.outcome.errmsg ?? '');
  expect(result.problems ?? []).toEqual(expect.arrayContaining([...(stored?.problems ?? [])]));
});
