import { acceptBatch } from '../accept-batch.ts';
import { type AcceptInput, acceptInput } from '../accept-input.ts';
import type { MessageApi } from '../message-api.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { batchBody, batchResult, idempotencyHeaders, message, messageBody } from '../schemas/messages.ts';

const ACCEPT_PROBLEMS = [
  'invalid-data',
  'unknown-template',
  'template-not-open',
  'no-grant',
  'too-many-waiting',
  'idempotency-conflict',
  'wechat-refused',
  'wechat-unavailable',
  'busy',
] as const;

/** The form of `POST /v1/messages`. */
export const createMessageSpec = routeSpec({
  method: 'POST',
  path: '/v1/messages',
  operationId: 'createMessage',
  summary: 'Send a message, now or at a time',
  description:
    'Accepted means checked, stored and booked against a grant; what became of it is told by its status.',
  access: { user: true, operator: 'send' },
  headers: idempotencyHeaders,
  body: messageBody,
  answers: {
    202: { description: 'Accepted', schema: message },
    200: { description: 'The message that this idempotency key stands for', schema: message },
  },
  problems: ACCEPT_PROBLEMS,
});

/** The form of `POST /v1/messages/batch`. */
export const createMessagesSpec = routeSpec({
  method: 'POST',
  path: '/v1/messages/batch',
  operationId: 'createMessages',
  summary: 'Send up to 500 messages',
  description:
    'Each entry is accepted or refused on its own. When the time is up, the rest is answered with `timed-out` (it may be accepted yet) or `not-started`: with an idempotencyKey in each entry, sending the batch again is safe.',
  access: { operator: 'send' },
  body: batchBody,
  maxBodyBytes: 2 * 1024 * 1024,
  answers: {
    202: {
      description: 'What became of each entry',
      schema: batchResult,
    },
  },
  problems: [],
});

/** The routes that make messages. */
export function createMessageRoutes(api: MessageApi): readonly Route[] {
  return [
    route(createMessageSpec, async ({ caller, body, headers, requestId }) => {
      const input: AcceptInput = { body, idempotencyKey: headers['idempotency-key'] };
      const { type, view } = await acceptInput(api, caller, input);
      api.logger.info('message accepted', { requestId, messageId: view.id });
      return { status: type === 'repeated' ? 200 : 202, body: view };
    }),

    route(createMessagesSpec, async ({ caller, body, requestId, limit }) => {
      const items = await acceptBatch(api, caller, body.messages, limit);
      const messageIds = items.flatMap((item) => ('message' in item ? [item.message.id] : []));
      api.logger.info('messages accepted', { requestId, messageIds });
      return { status: 202, body: { items } };
    }),
  ];
}
