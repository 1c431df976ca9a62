import { expect, test } from 'vitest';
import type { RunRecord } from '../../../lib/campaigns/runs/run.ts';
import { createSentBatches } from '../../../lib/stream/sent-batches.ts';

const runOf = (id: string): RunRecord => ({
  id,
  campaignId: 'c',
  status: 'running',
  trigger: 'manual',
  dryRun: false,
  source: { type: 'grantees' },
  content: { templateId: 't', data: {}, miniprogramState: 'formal', lang: 'zh_CN', fit: false },
  startedAtMs: 0,
  generation: 0,
});

const PAGE = {
  campaignId: 'c',
  templateId: 't',
  upTo: { batches: 1, recipients: 1 },
  recipients: [{ openid: 'o1' }],
};

function usePages(gone: { readonly page?: boolean; readonly run?: boolean } = {}) {
  const loaded: string[] = [];
  const pageOf = createSentBatches({
    loadBatch: async () => (gone.page ? undefined : PAGE),
    load: async (_campaignId, runId) => {
      loaded.push(runId);
      return gone.run ? undefined : { value: runOf(runId), version: '1' };
    },
  });
  return { loaded, read: (runId: string) => pageOf({ runId, shard: 0, start: '' }) };
}

test('a batch comes with its run, which is read once', async () => {
  const { loaded, read } = usePages();
  expect(await read('r1')).toEqual({ run: runOf('r1'), recipients: [{ openid: 'o1' }] });
  await read('r1');
  await read('r2');
  expect(loaded).toEqual(['r1', 'r2']);
});

test('a hundred runs are remembered at most', async () => {
  const { loaded, read } = usePages();
  for (let n = 0; n <= 100; n++) await read(`r${n}`);
  await read('r0');
  expect(loaded.filter((id) => id === 'r0')).toHaveLength(2);
});

test.each([{ page: true }, { run: true }])('what is gone is nothing: %o', async (gone) => {
  expect(await usePages(gone).read('r1')).toBeUndefined();
});

test('a run that was not there is looked for again', async () => {
  const { loaded, read } = usePages({ run: true });
  await read('r1');
  await read('r1');
  expect(loaded).toEqual(['r1', 'r1']);
});
