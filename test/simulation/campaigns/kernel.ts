/** The real code of campaigns under simulation, and of the messages that go to the same users. A mutated copy has the same form. */
export { createHandler as createCampaignHandler } from '../../../handlers/send-campaign.ts';
export { createHandler as createSendHandler } from '../../../handlers/send-messages.ts';
export { pauseRun, resumeRun, stopRun } from '../../../lib/campaigns/runs/control-run.ts';
export { findRecipientSend } from '../../../lib/campaigns/runs/find-recipient-send.ts';
export { createPermits } from '../../../lib/campaigns/runs/run-limits.ts';
export { startRun } from '../../../lib/campaigns/runs/start-run.ts';
export { createRunStatusCache, workOnRun } from '../../../lib/campaigns/runs/work-on-run.ts';
export { acceptMessage } from '../../../lib/messages/accept-message.ts';
export { deliverMessage } from '../../../lib/messages/deliver-message.ts';
export { findMessageSend } from '../../../lib/messages/message-send.ts';
export { ContentionError } from '../../../lib/retry.ts';
export { eraseUser } from '../../../lib/users/erase-user.ts';

/** The code under simulation, the real one or a mutated copy. */
export type CampaignKernel = typeof import('./kernel.ts');
