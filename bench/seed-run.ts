import { randomUUID } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import { BATCH_SIZE } from '../lib/campaigns/runs/batch.ts';
import { createRunIds, type RunRecord } from '../lib/campaigns/runs/run.ts';
import type { SendBatchJob } from '../lib/campaigns/runs/run-job.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import type { Table } from '../lib/dynamodb/table.ts';
import { putLedger } from '../lib/dynamodb/versioned-items.ts';
import { completeField } from '../lib/templates/parse-template.ts';
import { grantedLedger, newOpenid, writeItems } from './seed.ts';
import { DATA, TEMPLATE, TEMPLATE_ID } from './senders/message.ts';
import { QUIET } from './stack-client.ts';

const newRunId = createRunIds(uuidV7);
const HOUR_MS = 3_600_000;

/** Stores the template that campaigns of the measurement send, as a sync does. */
export async function seedTemplate(table: Table): Promise<void> {
  const { templateId, title, kind, keywords } = TEMPLATE;
  const template = { templateId, title, kind, fields: keywords.map(completeField), syncedAtMs: Date.now() };
  await createTemplateStore(table, QUIET).save([template], Date.now());
}

/** A run that has been planned, and everyone's grant, straight in the table. Answers its jobs: one for each full page of recipients. */
export async function seedRun(table: Table, recipients: number): Promise<readonly SendBatchJob[]> {
  const runs = createRunStore(table, { newVersion: randomUUID, logger: QUIET });
  const run = runOfNow();
  await runs.create(run);
  const pages = Math.ceil(recipients / BATCH_SIZE);
  const jobs: SendBatchJob[] = [];
  for (let page = 0; page < pages; page++) {
    const openids = Array.from({ length: BATCH_SIZE }, newOpenid).sort();
    const key = { runId: run.id, shard: page % runs.shards.length, start: String(page) };
    await runs.createBatch(key, {
      campaignId: run.campaignId,
      templateId: TEMPLATE_ID,
      recipients: openids.map((openid) => ({ openid })),
      upTo: { batches: 1, recipients: BATCH_SIZE },
    });
    const ledgers = openids.map((openid) => {
      const ledger = grantedLedger(openid, TEMPLATE_ID, 1, run.startedAtMs - HOUR_MS);
      return putLedger(table, { value: ledger, version: undefined }, randomUUID).item;
    });
    await writeItems(table, ledgers);
    jobs.push({
      type: 'send',
      campaignId: run.campaignId,
      generation: run.generation,
      sinceMs: run.startedAtMs,
      runId: key.runId,
      shard: key.shard,
      after: key.start,
    });
  }
  return jobs;
}

function runOfNow(): RunRecord {
  return {
    id: newRunId(),
    campaignId: 'bench',
    status: 'running',
    trigger: 'manual',
    dryRun: false,
    source: { type: 'grantees' },
    content: {
      templateId: TEMPLATE_ID,
      data: DATA,
      page: 'pages/item?id=1',
      miniprogramState: 'formal',
      lang: 'zh_CN',
      fit: false,
    },
    startedAtMs: Date.now(),
    generation: 0,
  };
}
