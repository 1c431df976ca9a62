import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { readRecords, readStreamRecord, recordsByApp } from '../lib/dynamodb/read-stream-record.ts';
import { createEventPublisher } from '../lib/eventbridge/event-details.ts';
import { createEventBus } from '../lib/eventbridge/eventbridge-bus.ts';
import type { Logger } from '../lib/logger.ts';
import { appLogger, perApp } from '../lib/runtime/apps.ts';
import { openBus, openDynamoDb } from '../lib/runtime/aws.ts';
import { openMetrics } from '../lib/runtime/emf-metrics.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, readSettings } from '../lib/settings/settings.ts';
import type { DomainEvent, DomainEventName } from '../lib/stream/domain-events.ts';
import { publishChanges, publishWithRetry } from '../lib/stream/publish-changes.ts';
import { createSentBatches } from '../lib/stream/sent-batches.ts';
import type { StreamRecord } from '../lib/stream/stream-record.ts';

export const handler = onColdStart(buildServices, createHandler);

/** It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'publishing', 'metrics']);
  const runtime = createRuntime(overrides);
  const client = openDynamoDb(env);
  const bus = openBus(env);
  const { busName, published } = settings.publishing;
  const publishOnBus = createEventBus(bus, busName);
  const servicesOf = perApp((appId) => {
    const base = { ...runtime, logger: appLogger(runtime.logger, appId) };
    const table = { client, name: settings.table.name, appId };
    const publish = createEventPublisher(publishOnBus, appId);
    const services = {
      ...base,
      publish: (events: readonly DomainEvent[]) => publishWithRetry(publish, events, base),
      batchOf: createSentBatches(createRunStore(table, base)),
      isPublished: (name: DomainEventName) => published.has(name),
      measure: openMetrics(settings, base, overrides, { appId, isFirst: appId === settings.app.appId }),
    };
    return {
      read: (record: unknown) => readStreamRecord(table, record),
      take: (records: readonly StreamRecord[]) => publishChanges(services, records),
    };
  });
  return {
    logger: runtime.logger,
    servicesOf,
    close: closing(client, bus),
  };
}

/** What is done for one mini program. */
interface AppServices {
  /** Undefined for a record that makes no event. Throws for one that cannot be read. */
  readonly read: (record: unknown) => StreamRecord | undefined;
  /** Answers the first of the changes that must come again. */
  readonly take: (changes: readonly StreamRecord[]) => Promise<StreamRecord | undefined>;
}

interface Services {
  readonly servicesOf: (appId: string) => AppServices;
  readonly logger: Logger;
}

/**
 * Publishes what was stored on the owner's bus, for each mini program by itself. Lambda delivers a failed batch
 * again, from the first change on that the bus did not take.
 */
export function createHandler(services: Services) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const taken = await Promise.allSettled(
      [...recordsByApp(Records)].map(([appId, records]) => takeIn(services, appId, records)),
    );
    // Thrown when all are done, so that Lambda looks for the change at fault by halves.
    const again = new Set(taken.flatMap(checkpointsOrThrow));
    const checkpoints = Records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
    const first = checkpoints.find((checkpoint) => again.has(checkpoint));
    return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first }] };
  };
}

function checkpointsOrThrow(settled: PromiseSettledResult<string | undefined>): readonly string[] {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value === undefined ? [] : [settled.value];
}

/** Answers the checkpoint of the first change of one mini program that must come again. */
async function takeIn(
  { servicesOf, logger }: Services,
  appId: string,
  records: readonly DynamoDBRecord[],
): Promise<string | undefined> {
  const { read, take } = servicesOf(appId);
  const readable = readRecords(records, read, logger);
  const again = await take(readable.map(({ record }) => record));
  const failed = readable.find(({ record }) => record.id === again?.id);
  if (failed)
    logger.error('The event bus does not take what has changed, which comes again.', { appid: appId });
  return failed?.sequenceNumber;
}
