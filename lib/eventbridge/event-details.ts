import * as v from 'valibot';
import { run } from '../api/schemas/campaign-answers.ts';
import { toRfc3339 } from '../api/schemas/common.ts';
import { grant } from '../api/schemas/grants.ts';
import { message } from '../api/schemas/messages.ts';
import { grantView, messageView, outcomeView, runView } from '../api/views.ts';
import { NO_COUNTS, runWith } from '../campaigns/runs/run.ts';
import { substitute } from '../campaigns/variables.ts';
import type { DomainEvent, DomainEventName } from '../stream/domain-events.ts';
import type { BusEvent, PublishEvents } from './eventbridge-bus.ts';

const eventId = v.pipe(
  v.string(),
  v.description('The same however often the event is published: count it once.'),
);

const appid = v.pipe(v.string(), v.description('The mini program that it is about.'));

const ofGrant = v.object({ eventId, appid, ...grant.entries });
const ofMessage = v.object({
  eventId,
  appid,
  ...message.entries,
  runId: v.exactOptional(
    v.pipe(
      v.string(),
      v.description(
        "Of a campaign's recipient, for whom no message of this id is kept: GET /v1/campaigns/{campaignId}/runs/{runId}/recipients/{to}.",
      ),
    ),
  ),
});
const ofRun = v.object({ eventId, appid, ...run.entries });

/** The form of each event's detail, by its detail type. */
export const detailSchemas = {
  'Grant Recorded': ofGrant,
  'Grant Revoked': ofGrant,
  'Message Sent': ofMessage,
  'Message Refused': ofMessage,
  'Message Failed': ofMessage,
  'Message Unknown': ofMessage,
  'Message Delivered': ofMessage,
  'Campaign Run Finished': ofRun,
} as const satisfies Record<DomainEventName, v.GenericSchema>;

/** A domain event as it is published, in the words of the API. */
export function eventOf(event: DomainEvent, appId: string): BusEvent {
  return {
    detailType: event.name,
    detail: { eventId: event.eventId, appid: appId, ...detailOf(event) },
    atMs: event.atMs,
  };
}

function detailOf(event: DomainEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'grant':
      return { ...grantView(event.ledger, event.key) };
    case 'message':
      return messageView(event.message, undefined, event.atMs);
    case 'campaign-send':
      return campaignSendView(event);
    case 'run':
      return runView(
        runWith(event.run, event.run.summary ?? { recipients: 0, counts: NO_COUNTS, byErrcode: {} }),
      );
  }
}

/** In the form of a message. The texts hold the recipient's variables and are not fitted. */
function campaignSendView({ id, run, recipient, result }: Extract<DomainEvent, { type: 'campaign-send' }>) {
  const { templateId, data, page, miniprogramState, lang } = run.content;
  const outcome = outcomeView(result.outcome);
  const began = toRfc3339(run.startedAtMs);
  const texts = Object.entries(data).map(([key, text]) => [key, substitute(text, recipient.variables ?? {})]);
  return {
    id,
    to: recipient.openid,
    templateId,
    data: Object.fromEntries(texts),
    ...(page !== undefined && { page }),
    miniprogramState,
    lang,
    status: result.state,
    sendAt: began,
    createdAt: began,
    updatedAt: outcome.at,
    attempts: result.attempts,
    campaignId: run.campaignId,
    runId: run.id,
    outcome,
  } satisfies Omit<v.InferOutput<typeof ofMessage>, 'eventId' | 'appid'>;
}

/** Publishes domain events of one mini program on the bus, and answers those that it did not take. */
export function createEventPublisher(
  publish: PublishEvents,
  appId: string,
): (events: readonly DomainEvent[]) => Promise<readonly DomainEvent[]> {
  return async (events) => {
    const domainEventOf = new Map(events.map((event) => [eventOf(event, appId), event]));
    const refused = await publish([...domainEventOf.keys()]);
    return refused.flatMap((event) => domainEventOf.get(event) ?? []);
  };
}
