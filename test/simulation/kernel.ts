/**
 * The real code under simulation: the rules of grants, messages, campaigns and events, the handlers that
 * queues, clock and stream call, and what keeps the mini programs of a stage apart. Each function is handed
 * the services that it uses. A faulty kernel has the same form.
 */
export { createHandler as createDispatchHandler } from '../../handlers/dispatch-due.ts';
export { createHandler as createEventHandler } from '../../handlers/process-events.ts';
export { createHandler as createStreamHandler } from '../../handlers/publish-changes.ts';
export { createHandler as createCampaignHandler } from '../../handlers/send-campaign.ts';
export { createHandler as createSendHandler } from '../../handlers/send-messages.ts';
export { createHandler as createStartHandler } from '../../handlers/start-campaign-run.ts';
export { pauseRun, resumeRun, stopRun } from '../../lib/campaigns/runs/control-run.ts';
export { createSendLookup, findRecipientSend } from '../../lib/campaigns/runs/find-send.ts';
export { createRunStatusCache, processRunJob } from '../../lib/campaigns/runs/process-run-job.ts';
export { readRun } from '../../lib/campaigns/runs/read-run.ts';
export { createPermits } from '../../lib/campaigns/runs/run-rate-limiters.ts';
export { startRun, startScheduledRun } from '../../lib/campaigns/runs/start-run.ts';
export { campaignPartition, runShardPartition } from '../../lib/dynamodb/campaign-keys.ts';
export {
  accessTokenKey,
  audiencePartition,
  duePartition,
  idempotencyPartition,
  rateLimitKey,
  userPartition,
} from '../../lib/dynamodb/keys.ts';
export { createEventPublisher } from '../../lib/eventbridge/event-details.ts';
export { reportGrants } from '../../lib/grants/report-grants.ts';
export { createRateLimiter } from '../../lib/limits/rate-limiter.ts';
export { acceptMessages } from '../../lib/messages/accept-message.ts';
export { cancelMessage } from '../../lib/messages/cancel-message.ts';
export { deliverMessage } from '../../lib/messages/deliver-message.ts';
export { dispatchDue } from '../../lib/messages/dispatch-due.ts';
export { createMessageIds } from '../../lib/messages/message.ts';
export { findMessageSend } from '../../lib/messages/message-port.ts';
export { settleByHand } from '../../lib/messages/settle-by-hand.ts';
export { createApps, perApp } from '../../lib/runtime/apps.ts';
export { createTokenSender } from '../../lib/sends/send-with-token.ts';
export { createEnqueue, createEnqueueJobs } from '../../lib/sqs/sqs-queues.ts';
export { countChanges } from '../../lib/stream/counts.ts';
export { publishChanges, publishWithRetry } from '../../lib/stream/publish-changes.ts';
export { createSentBatches } from '../../lib/stream/sent-batches.ts';
export { createAccessTokens } from '../../lib/token/access-tokens.ts';
export { eraseUser } from '../../lib/users/erase-user.ts';
export { applySubscribeEvent } from '../../lib/wechat-events/apply-subscribe-event.ts';

/** The code under simulation, the real one or a faulty one. */
export type Kernel = typeof import('./kernel.ts');
