import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { seedGrantees } from '../../../bench/seed-grantees.ts';
import type { Campaign, Recipient } from '../../../lib/campaigns/campaign.ts';
import type { ControlServices } from '../../../lib/campaigns/runs/control-run.ts';
import { readRun } from '../../../lib/campaigns/runs/read-run.ts';
import { createRunIds, type RunView } from '../../../lib/campaigns/runs/run.ts';
import { type StartRequest, startRun } from '../../../lib/campaigns/runs/start-run.ts';
import { createCampaignStore } from '../../../lib/dynamodb/dynamodb-campaign-store.ts';
import { createMessageStore } from '../../../lib/dynamodb/dynamodb-message-store.ts';
import { createRunStore } from '../../../lib/dynamodb/dynamodb-run-store.ts';
import { openQueue } from '../../../lib/runtime/aws.ts';
import { createRuntime } from '../../../lib/runtime/runtime.ts';
import { createEnqueueJobs } from '../../../lib/sqs/sqs-queues.ts';
import { updated } from '../../../lib/versioned.ts';
import { type StackOptions, startStack } from '../../../local/stack/stack.ts';
import { localTable } from '../../../local/stack/table.ts';

/** A template of one field, of which a campaign can be made. */
export const TEMPLATE = {
  templateId: 'tpl-new-arrivals',
  title: '新品上架通知',
  kind: 'one-time',
  keywords: [{ key: 'thing1', label: '商品', example: '普洱茶饼' }],
} as const;

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The whole service on this machine for one test, with campaigns, grantees and runs at hand. */
export async function useCampaigns(options: StackOptions = {}) {
  const world = await openCampaigns(options);
  onTestFinished(() => world.close());
  return world;
}

/** The same until it is closed. */
export async function openCampaigns(options: StackOptions = {}) {
  const { AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint } = process.env;
  const stack = await startStack({
    logger: QUIET,
    templates: [{ ...TEMPLATE, keywords: [...TEMPLATE.keywords] }],
    ...(dynamodbEndpoint && { dynamodbEndpoint }),
    ...options,
  });
  const sqs = openQueue(stack.env);
  const { wechat } = stack;
  if (!wechat) throw new Error('The stack started no simulated WeChat.');
  const base = createRuntime({ logger: QUIET, ...(options.clock && { clock: options.clock }) });
  const table = localTable(stack.dynamodbEndpoint, stack.tableName, wechat.appId);
  const services = {
    ...base,
    campaigns: createCampaignStore(table, base),
    runs: createRunStore(table, base),
    messages: createMessageStore(table, base),
    enqueueJobs: createEnqueueJobs(sqs, stack.queueUrls['CampaignQueue'] ?? '', table.appId),
    newRunId: createRunIds(base.newTimeOrderedUuid),
  } satisfies ControlServices & Record<string, unknown>;

  return {
    stack,
    wechat,
    table,
    ...services,
    services,

    async close(): Promise<void> {
      await stack.close();
      await table.client.destroy();
      await sqs.destroy();
    },

    grantees: (
      count: number,
      more: { grants?: number; grantsAtWeChat?: number; grantedAtMs?: number } = {},
    ) =>
      seedGrantees(table, wechat, {
        count,
        templateId: TEMPLATE.templateId,
        grantedAtMs: base.clock() - 60_000,
        ...more,
      }),

    /** Uses up a user's grant, as a message of its own to them would. */
    async take(openid: string): Promise<void> {
      const stored = await services.messages.loadLedger(openid);
      const grants = stored.value.templates[TEMPLATE.templateId];
      if (!grants) throw new Error(`${openid} has no grant.`);
      const templates = { [TEMPLATE.templateId]: { ...grants, available: 0 } };
      await services.messages.commit({ ledger: updated(stored, { ...stored.value, templates }) });
    },

    /** Stores a campaign. */
    async campaign(given: Partial<Campaign> = {}): Promise<Campaign> {
      const campaign: Campaign = {
        id: `cmp_${randomUUID().replaceAll('-', '')}`,
        name: '双十二',
        templateId: TEMPLATE.templateId,
        data: { thing1: '新茶到店' },
        miniprogramState: 'formal',
        lang: 'zh_CN',
        fit: false,
        audience: { type: 'grantees' },
        status: 'active',
        createdAtMs: base.clock(),
        updatedAtMs: base.clock(),
        ...given,
      };
      await services.campaigns.create(campaign, []);
      return campaign;
    },

    /** Names up to a hundred recipients of a campaign. */
    async upload({ id }: Campaign, recipients: readonly Recipient[]): Promise<void> {
      await services.campaigns.putRecipients(id, 0, { id: base.newTimeOrderedUuid(), recipients });
      const stored = await services.campaigns.load(id);
      if (!stored) throw new Error(`There is no campaign ${id}.`);
      const audience = { type: 'recipients' as const, count: recipients.length, pages: 1 };
      await services.campaigns.put(updated(stored, { ...stored.value, audience }));
    },

    async start(campaign: Campaign, more: Partial<StartRequest> = {}): Promise<string> {
      const result = await startRun(services, { campaignId: campaign.id, trigger: 'manual', ...more });
      if (!('run' in result)) throw new Error(`The run was not started: ${result.type}.`);
      return result.run.id;
    },

    async read(campaign: Campaign, runId: string): Promise<RunView> {
      const run = await readRun(services, campaign.id, runId);
      if (!run) throw new Error(`There is no run ${runId}.`);
      return run;
    },

    /** Waits until the run is what the test waits for. */
    async until(
      campaign: Campaign,
      runId: string,
      is: (run: RunView) => boolean,
      withinMs = 40_000,
    ): Promise<RunView> {
      const deadlineMs = Date.now() + withinMs;
      for (;;) {
        const run = await this.read(campaign, runId);
        if (is(run)) return run;
        if (Date.now() > deadlineMs) throw new Error(`After ${withinMs} ms: ${JSON.stringify(run)}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
  };
}
