import { createHash } from 'node:crypto';
import { createEventBus, type PublishEvents } from '../bus/eventbridge-bus.ts';
import { createEarlierSends } from '../campaigns/runs/earlier-sends.ts';
import { applyEvent } from '../events/apply-event.ts';
import type { OtherMessage } from '../events/event-job.ts';
import type { SubscribeEvent } from '../events/subscribe-event.ts';
import { createEnqueueEvent } from '../queue/sqs-event-queue.ts';
import { readSettings } from '../settings.ts';
import { createCampaignStore } from '../table/dynamodb-campaign-store.ts';
import { createGrantStore } from '../table/dynamodb-grant-store.ts';
import { createMessageStore } from '../table/dynamodb-message-store.ts';
import { createRunStore } from '../table/dynamodb-run-store.ts';
import { createTemplateStore } from '../table/dynamodb-template-store.ts';
import { openBus, openQueue, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { knownKinds } from './known-kinds.ts';

/** What the function that takes WeChat's events in needs. It holds no secret. */
export async function wireEventProcessing(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'eventQueue', 'events']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const bus = openBus(env);
  const versions = { ...base, newVersion: base.newUuid };
  const runs = createRunStore(table, versions);
  const templates = createTemplateStore(table, base.logger);
  const services = {
    ...base,
    store: createMessageStore(table, versions),
    grantStore: createGrantStore(table, versions),
    findEarlierSend: createEarlierSends({ ...base, runs, campaigns: createCampaignStore(table, versions) }),
    kindsOf: (templateIds: readonly string[]) => knownKinds(templates, templateIds),
  };
  const { busName } = settings.events;
  const publish = busName === undefined ? undefined : createEventBus(bus, busName);
  return {
    logger: base.logger,
    enqueue: createEnqueueEvent(sqs, settings.eventQueue.url),
    apply: (event: SubscribeEvent) => applyEvent(services, event),
    forward: (message: OtherMessage) => forward(publish, settings.app.appId, message),
    async close() {
      table.client.destroy();
      sqs.destroy();
      bus.destroy();
    },
  };
}

/** @throws Error when there is no bus or it does not take the message, so that the queue brings it again */
async function forward(
  publish: PublishEvents | undefined,
  appId: string,
  { name, fields }: OtherMessage,
): Promise<void> {
  if (!publish) throw new Error('FORWARD_WECHAT_MESSAGES needs EVENT_BUS_NAME.');
  const message = JSON.stringify(fields);
  // WeChat repeats a message as it was, so its content names it.
  const eventId = createHash('sha256').update(`${appId}\n${message}`).digest('hex').slice(0, 32);
  const detail = { eventId, appId, name, message: fields };
  const [refused] = await publish([{ detailType: 'WeChat Message', detail }]);
  if (refused) throw new Error('The event bus did not take a message of WeChat’s.');
}
