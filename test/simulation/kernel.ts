/**
 * The real code under simulation: the rules of grants, messages and delivery, and the two handlers that the queue and the
 * clock call. A mutated copy of it has the same form.
 */
export { createHandler as createDispatchHandler } from '../../handlers/dispatch-due.ts';
export { createHandler as createSendHandler } from '../../handlers/send-messages.ts';
export { applyEvent } from '../../lib/events/apply-event.ts';
export { reportGrants } from '../../lib/grants/report-grants.ts';
export { acceptMessages } from '../../lib/messages/accept-message.ts';
export { cancelMessage } from '../../lib/messages/cancel-message.ts';
export { deliverMessage } from '../../lib/messages/deliver-message.ts';
export { createMessageIds } from '../../lib/messages/message.ts';
export { findMessageSend } from '../../lib/messages/message-send.ts';
export { settleByHand } from '../../lib/messages/settle-unknown.ts';
export { ContentionError } from '../../lib/retry.ts';
export { dispatchDue } from '../../lib/sends/dispatch-due.ts';
export { eraseUser } from '../../lib/users/erase-user.ts';

/** The code under simulation, the real one or a mutated copy. */
export type Kernel = typeof import('./kernel.ts');
