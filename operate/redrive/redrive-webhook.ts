import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import colors from 'picocolors';
import * as v from 'valibot';
import { say } from '../language.ts';
import { localTime } from '../times.ts';
import { type DeadLetter, hold, inBatches, release, remove } from './dead-letters.ts';
import type { Redriven } from './redrive.ts';

/** Which events to bring again, and where to tell of it. */
export interface RedriveWebhookOptions {
  readonly sqs: SQSClient;
  readonly bus: EventBridgeClient;
  readonly busName: string;
  readonly deadLetterQueueUrl: string;
  /** Whether what is no event of ours is taken off the queue. */
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

/** Only the rule of the webhook matches it, so that the owner's other rules get nothing twice. */
const SOURCE = 'qingniao.redriven';

const eventSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    'detail-type': v.string(),
    time: v.pipe(v.string(), v.isoTimestamp()),
    detail: v.looseObject({ eventId: v.string() }),
  }),
);
type Event = v.InferOutput<typeof eventSchema>;

/**
 * Publishes what the webhook did not take once more, for the webhook alone, and takes off the queue what the bus has. EventBridge delivers
 * it, with all its retries.
 */
export async function redriveWebhook(options: RedriveWebhookOptions): Promise<Redriven> {
  const { sqs, deadLetterQueueUrl, all, dryRun, print } = options;
  const letters = await hold(sqs, deadLetterQueueUrl);
  const events = new Map<DeadLetter, Event>();
  print(colors.bold(say(`${letters.length} in the dead-letter queue`, `死信队列中有 ${letters.length} 条`)));
  for (const letter of letters) {
    const event = v.safeParse(eventSchema, letter.body);
    if (event.success) events.set(letter, event.output);
    print(`  ${event.success ? lineFor(letter, event.output) : foreignLine(letter)}`);
  }
  const taken: DeadLetter[] = [];
  try {
    if (!dryRun)
      for (const batch of inBatches([...events.keys()]))
        taken.push(...(await publish(options, batch, events)));
  } finally {
    const foreign = all && !dryRun ? letters.filter((letter) => !events.has(letter)) : [];
    const done = [...taken, ...foreign];
    await remove(sqs, deadLetterQueueUrl, done);
    await release(
      sqs,
      deadLetterQueueUrl,
      letters.filter((letter) => !done.includes(letter)),
    );
  }
  print(endLine(options, taken.length, events.size));
  return {
    ended: dryRun || taken.length === events.size,
    moved: taken.length,
    letters: letters.map((letter) => toldOf(letter, events.get(letter))),
  };
}

function toldOf({ id, attributes }: DeadLetter, event: Event | undefined) {
  if (!event) return { id };
  const { 'detail-type': about, time: sentAt, detail } = event;
  const error = attributes['ERROR_CODE']?.StringValue;
  return { id, about, sentAt, eventId: detail.eventId, ...(error !== undefined && { error }) };
}

async function publish(
  { bus, busName }: RedriveWebhookOptions,
  batch: readonly DeadLetter[],
  events: ReadonlyMap<DeadLetter, Event>,
): Promise<DeadLetter[]> {
  const Entries = batch.flatMap((letter) => {
    const event = events.get(letter);
    if (!event) return [];
    return {
      EventBusName: busName,
      Source: SOURCE,
      DetailType: event['detail-type'],
      Detail: JSON.stringify(event.detail),
      Time: new Date(event.time),
    };
  });
  const { Entries: results = [] } = await bus.send(new PutEventsCommand({ Entries }));
  return batch.filter((_, index) => results[index]?.EventId !== undefined);
}

function lineFor({ attributes }: DeadLetter, { time, detail, 'detail-type': type }: Event): string {
  const facts = ['ERROR_CODE', 'RETRY_ATTEMPTS', 'ERROR_MESSAGE'].flatMap(
    (name) => attributes[name]?.StringValue ?? [],
  );
  return `${localTime(time)}  ${type}  ${detail.eventId}  ${colors.dim(facts.join('  ').slice(0, 160))}`;
}

function foreignLine({ id }: DeadLetter): string {
  return colors.yellow(say(`no event of this service: ${id}`, `不是本服务的事件：${id}`));
}

function endLine({ dryRun }: RedriveWebhookOptions, taken: number, all: number): string {
  if (dryRun) return say('Dry run: nothing was published.', '只查看，未重新发布。');
  const line = say(
    `${taken} of ${all} published again: EventBridge delivers them now.`,
    `已重新发布 ${taken}/${all} 条，由 EventBridge 投递。`,
  );
  return taken === all ? colors.green(line) : colors.red(line);
}
