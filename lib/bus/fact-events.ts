import * as v from 'valibot';
import { runView } from '../api/campaign-view.ts';
import { grantView } from '../api/grant-view.ts';
import { messageView } from '../api/message-view.ts';
import { run } from '../api/schemas/campaigns.ts';
import { bilingual, rfc3339, toRfc3339 } from '../api/schemas/common.ts';
import { grant } from '../api/schemas/grants.ts';
import { openid, templateId } from '../api/schemas/ids.ts';
import { message } from '../api/schemas/messages.ts';
import { NO_COUNTS, runWith } from '../campaigns/runs/run.ts';
import type { CampaignSend, Fact, FactName } from '../changes/facts.ts';
import type { BusEvent } from './event-bus.ts';

const eventId = v.pipe(
  v.string(),
  v.description('The same however often the event is published: count it once.'),
);

/** One send of a campaign, for which no message is stored: what is known of its recipient. */
const campaignSend = v.object({
  id: v.string(),
  to: openid,
  templateId,
  campaignId: v.string(),
  runId: v.string(),
  status: v.picklist(['sent', 'refused', 'failed', 'unknown', 'delivered']),
  updatedAt: rfc3339,
  attempts: v.number(),
  outcome: v.object({
    at: rfc3339,
    errcode: v.exactOptional(v.number()),
    errmsg: v.exactOptional(v.string()),
    rid: v.exactOptional(v.string()),
    msgid: v.exactOptional(v.string()),
    reason: v.string(),
    remedy: v.exactOptional(bilingual),
  }),
});

const ofGrant = v.object({ eventId, ...grant.entries });
const ofMessage = v.union([
  v.object({ eventId, ...message.entries }),
  v.object({ eventId, ...campaignSend.entries }),
]);
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

function campaignSendView({ openid: to, result, ...ids }: CampaignSend): Readonly<Record<string, unknown>> {
  const { state, atMs, attempts, reason, errcode, errmsg, rid, msgid } = result;
  const at = toRfc3339(atMs);
  return {
    ...ids,
    to,
    status: state,
    updatedAt: at,
    attempts,
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
