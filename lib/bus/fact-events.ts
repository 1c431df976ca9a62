import * as v from 'valibot';
import { runView } from '../api/campaign-view.ts';
import { grantView } from '../api/grant-view.ts';
import { messageView } from '../api/message-view.ts';
import { run } from '../api/schemas/campaign-answers.ts';
import { toRfc3339 } from '../api/schemas/common.ts';
import { grant } from '../api/schemas/grants.ts';
import { message } from '../api/schemas/messages.ts';
import { NO_COUNTS, runWith } from '../campaigns/runs/run.ts';
import { substitute } from '../campaigns/template-variables.ts';
import type { CampaignSend, Fact, FactName } from '../changes/facts.ts';
import type { BusEvent } from './eventbridge-bus.ts';

const eventId = v.pipe(
  v.string(),
  v.description('The same however often the event is published: count it once.'),
);

const ofGrant = v.object({ eventId, ...grant.entries });
const ofMessage = v.object({
  eventId,
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
const ofRun = v.object({ eventId, ...run.entries });

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
} as const satisfies Record<FactName, v.GenericSchema>;

/** Tells a fact in the words of the API. */
export function eventOf(fact: Fact): BusEvent {
  return {
    detailType: fact.name,
    detail: { eventId: fact.eventId, ...detailOf(fact) },
    atMs: fact.atMs,
  };
}

function detailOf(fact: Fact): Readonly<Record<string, unknown>> {
  switch (fact.type) {
    case 'grant':
      return { ...grantView(fact.ledger, fact.templateId) };
    case 'message':
      return messageView(fact.message, undefined, fact.atMs);
    case 'campaign-send':
      return campaignSendView(fact.send);
    case 'run':
      return runView(
        runWith(fact.run, fact.run.summary ?? { recipients: 0, counts: NO_COUNTS, byErrcode: {} }),
      );
  }
}

/** In the form of a message. The texts have the recipient's variables in them and are not fitted. */
function campaignSendView({
  id,
  run,
  recipient,
  state,
  result,
}: CampaignSend): Omit<v.InferOutput<typeof ofMessage>, 'eventId'> {
  const { templateId, data, page, miniprogramState, lang } = run.content;
  const { attempts, outcome } = result;
  const { atMs, reason, errcode, errmsg, rid, msgid } = outcome;
  const [began, at] = [toRfc3339(run.startedAtMs), toRfc3339(atMs)];
  return {
    id,
    to: recipient.openid,
    templateId,
    data: Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, substitute(text, recipient.variables ?? {})]),
    ),
    ...(page !== undefined && { page }),
    miniprogramState,
    lang,
    status: state,
    sendAt: began,
    createdAt: began,
    updatedAt: at,
    attempts,
    campaignId: run.campaignId,
    runId: run.id,
    outcome: {
      at,
      ...(errcode !== undefined && { errcode }),
      ...(errmsg !== undefined && { errmsg }),
      ...(rid !== undefined && { rid }),
      ...(msgid !== undefined && { msgid }),
      reason,
    },
  };
}
