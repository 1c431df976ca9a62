import * as v from 'valibot';
import { acceptBatch } from '../accept-batch.ts';
import { type AcceptOrder, acceptOrder } from '../accept-order.ts';
import type { MessageApi } from '../message-api.ts';
import { decodeCursor, encodeCursor, pageOf, pageQuery } from '../paging.ts';
import { ProblemError } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { openid } from '../schemas/ids.ts';
import { batchBody, idempotencyHeaders, message, messageBody } from '../schemas/messages.ts';
import { problemSchema } from '../schemas/problem.ts';

const idParams = v.object({
  id: v.pipe(v.string(), v.maxLength(256), v.description('The id of the message.')),
});
const ACCEPT_PROBLEMS = [
  'invalid-data',
  'unknown-template',
  'template-not-open',
  'no-grant',
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
  description: 'Each entry is accepted or refused on its own.',
  access: { operator: 'send' },
  body: batchBody,
  maxBodyBytes: 2 * 1024 * 1024,
  answers: {
    202: {
      description: 'What became of each entry',
      schema: v.object({
        items: v.array(
          v.union([
            v.object({ index: v.number(), message }),
            v.object({ index: v.number(), problem: problemSchema }),
          ]),
        ),
      }),
    },
  },
  problems: [],
});

/** The form of `GET /v1/messages`. */
export const listMessagesSpec = routeSpec({
  method: 'GET',
  path: '/v1/messages',
  operationId: 'listMessages',
  summary: "A user's messages, newest first",
  access: { user: true, operator: 'read' },
  query: v.strictObject({ ...pageQuery, openid: v.exactOptional(openid) }),
  answers: { 200: { description: 'The messages', schema: pageOf(message) } },
  problems: [],
});

/** The form of `GET /v1/messages/{id}`. */
export const getMessageSpec = routeSpec({
  method: 'GET',
  path: '/v1/messages/{id}',
  operationId: 'getMessage',
  summary: 'A message and what became of it',
  access: { user: true, operator: 'read' },
  params: idParams,
  answers: { 200: { description: 'The message', schema: message } },
  problems: ['not-found'],
});

/** The form of `DELETE /v1/messages/{id}`. */
export const cancelMessageSpec = routeSpec({
  method: 'DELETE',
  path: '/v1/messages/{id}',
  operationId: 'cancelMessage',
  summary: 'Cancel a message that is not being sent yet',
  access: { user: true, operator: 'send' },
  params: idParams,
  answers: { 200: { description: 'Canceled; its grant is given back', schema: message } },
  problems: ['not-found', 'already-sending', 'busy'],
});

/** The routes of `/v1/messages`. */
export function messageRoutes(api: MessageApi): readonly Route[] {
  return [
    route(createMessageSpec, async ({ caller, body, headers }) => {
      const order: AcceptOrder = { body, idempotencyKey: headers['idempotency-key'] };
      const { type, view } = await acceptOrder(api, caller, order);
      return { status: type === 'repeated' ? 200 : 202, body: view };
    }),

    route(createMessagesSpec, async ({ caller, body }) => ({
      status: 202,
      body: { items: await acceptBatch(api, caller, body.messages) },
    })),

    route(listMessagesSpec, async ({ caller, query }) => {
      if (caller.type === 'user' && (query.openid ?? caller.openid) !== caller.openid) throw notFound();
      const whose = caller.type === 'user' ? caller.openid : query.openid;
      if (whose === undefined) {
        const errors = [{ path: 'openid', message: 'An operator must name the user' }];
        throw new ProblemError('invalid-query', 'Name the user by openid.', { errors });
      }
      const page = await api.list(whose, query.limit, decodeCursor(v.string(), query.cursor));
      return {
        status: 200,
        body: { items: page.items, ...(page.next && { nextCursor: encodeCursor(page.next) }) },
      };
    }),

    route(getMessageSpec, async ({ caller, params }) => {
      const view = await api.find(params.id);
      if (!view || (caller.type === 'user' && view.to !== caller.openid)) throw notFound();
      return { status: 200, body: view };
    }),

    route(cancelMessageSpec, async ({ caller, params }) => {
      const view = await api.find(params.id);
      if (!view || (caller.type === 'user' && view.to !== caller.openid)) throw notFound();
      const result = await api.cancel(params.id);
      switch (result.type) {
        case 'canceled':
          return { status: 200, body: result.view };
        case 'not-found':
          throw notFound();
        case 'already-sending':
          throw new ProblemError(
            'already-sending',
            'The message is being sent or has ended. Read it to see how.',
          );
      }
    }),
  ];
}

function notFound(): ProblemError {
  return new ProblemError('not-found', 'There is no such message, or it is not yours.');
}
