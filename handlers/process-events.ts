import type { SQSEvent } from 'aws-lambda';
import { createSendLookup } from '../lib/campaigns/runs/find-send.ts';
import { applyCardReceipt, type CardReceipt } from '../lib/cards/card-receipt.ts';
import { createCampaignStore } from '../lib/dynamodb/dynamodb-campaign-store.ts';
import { createCardStore } from '../lib/dynamodb/dynamodb-card-store.ts';
import { createGrantStore } from '../lib/dynamodb/dynamodb-grant-store.ts';
import { createMessageStore } from '../lib/dynamodb/dynamodb-message-store.ts';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import { createEventBus } from '../lib/eventbridge/eventbridge-bus.ts';
import type { JobResult } from '../lib/job-result.ts';
import type { Logger } from '../lib/logger.ts';
import { appLogger, perApp } from '../lib/runtime/apps.ts';
import { openBus, openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, readSettings } from '../lib/settings/settings.ts';
import { createRetrySoon, processRecords, type RetrySoon } from '../lib/sqs/process-records.ts';
import { createEnqueue, readEventJob } from '../lib/sqs/sqs-queues.ts';
import { knownKinds } from '../lib/templates/catalogue.ts';
import { cardReceiptRule } from '../lib/wechat/errcodes/card-rules.ts';
import { applySubscribeEvent } from '../lib/wechat-events/apply-subscribe-event.ts';
import type { EnqueueEvent, EventJob, OtherPush, SubscribeEvent } from '../lib/wechat-events/event-job.ts';
import { type ForwardedMessage, forwardMessage } from '../lib/wechat-events/forward-message.ts';

export const handler = onColdStart(buildServices, createHandler);

/** It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'eventQueue', 'events']);
  const { busName } = settings.events;
  const runtime = createRuntime(overrides);
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const bus = openBus(env);
  const publish = busName === undefined ? undefined : createEventBus(bus, busName);
  const servicesOf = perApp((appId) => {
    const base = { ...runtime, logger: appLogger(runtime.logger, appId) };
    const table = { client, name: settings.table.name, appId };
    const runs = createRunStore(table, base);
    const campaigns = createCampaignStore(table, base);
    const templates = createTemplateStore(table, base.logger);
    const services = {
      ...base,
      store: createMessageStore(table, base),
      grantStore: createGrantStore(table, base),
      campaignSendsOf: createSendLookup({ ...base, runs, campaigns }),
      kindsOf: (templateIds: readonly string[]) => knownKinds(templates, templateIds),
    };
    const cards = {
      ...base,
      store: createCardStore(table, base),
      rules: { receiptOf: cardReceiptRule },
    };
    const forwarding = {
      appId,
      ...(publish && {
        publish: async (detail: ForwardedMessage) =>
          (await publish([{ detailType: 'WeChat Message', detail: { appid: appId, ...detail } }])).length ===
          0,
      }),
    };
    return {
      enqueue: createEnqueue<EventJob>(sqs, settings.eventQueue.url, appId),
      apply: (event: SubscribeEvent) => applySubscribeEvent(services, event),
      applyToCard: (receipt: CardReceipt) => applyCardReceipt(cards, receipt),
      forward: (message: OtherPush) => forwardMessage(forwarding, message),
    };
  });
  return {
    logger: runtime.logger,
    servicesOf: (appId = settings.app.appId) => servicesOf(appId),
    retrySoon: createRetrySoon(sqs, settings.eventQueue.url, runtime.logger),
    close: closing(client, sqs, bus),
  };
}

/** What is done for one mini program. */
interface AppServices {
  readonly apply: (event: SubscribeEvent) => Promise<JobResult>;
  readonly applyToCard: (receipt: CardReceipt) => Promise<void>;
  /** Hands a message to the owner's own rules. */
  readonly forward: (message: OtherPush) => Promise<void>;
  readonly enqueue: EnqueueEvent;
}

interface Services {
  /** Without an appid, those of the stage's first mini program. */
  readonly servicesOf: (appId?: string) => AppServices;
  readonly retrySoon: RetrySoon;
  readonly logger: Logger;
}

/** Applies what WeChat pushed. Events of one user follow one another: they change the same ledger. */
export function createHandler({ servicesOf, retrySoon, logger }: Services) {
  return (event: SQSEvent) =>
    processRecords(event, (job, appId) => takeIn(servicesOf(appId), job), {
      read: readEventJob,
      groupOf: (job) => (job.type === 'subscribe' ? job.event.openid : undefined),
      failure:
        'An event of WeChat’s could not be taken in and comes again, or ends in the dead-letter queue.',
      retrySoon,
      logger,
    });
}

/** What is to be looked at again goes onto the queue anew: waiting does not count as a failed receive. */
async function takeIn({ apply, applyToCard, forward, enqueue }: AppServices, job: EventJob): Promise<void> {
  if (job.type === 'other') return forward(job);
  if (job.type === 'card') return applyToCard(job.receipt);
  const result = await apply(job.event);
  if (result.type === 'later') await enqueue(job, result.delayMs);
}
