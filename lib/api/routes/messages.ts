import * as v from 'valibot';
import { cancelMessage } from '../../messages/cancel-message.ts';
import { settleByHand } from '../../messages/settle-by-hand.ts';
import { acceptBatch } from '../accept-batch.ts';
import { type AcceptInputServices, acceptInput } from '../accept-input.ts';
import type { OperatorCaller, UserCaller } from '../access.ts';
import { type ListMessagesServices, listMessages, listQuery } from '../list-messages.ts';
import { pageReply } from '../paging.ts';
import { ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import * as schemas from '../schemas/messages.ts';
import { showMessage } from '../show-messages.ts';
import { WECHAT_PROBLEMS } from '../template-problems.ts';

const idParams = v.object({
  id: v.pipe(v.string(), v.maxLength(256), v.description('The id of the message.')),
});

/** The routes of `/v1/messages` as data. */
export const messageSpecs = describeRoutes({
  createMessage: {
    route: 'POST /v1/messages',
    summary: 'Send a message, now or at a time',
    description:
      'Accepted means checked and stored and, unless hold is false, with a grant set aside. Its status tells what became of it.',
    access: { user: true, operator: 'send' },
    headers: schemas.idempotencyHeaders,
    body: schemas.messageBody,
    answers: {
      202: { description: 'Accepted', schema: schemas.message },
      200: { description: 'The message that this idempotency key stands for', schema: schemas.message },
    },
    problems: [
      'invalid-data',
      'unknown-template',
      'template-not-open',
      'no-grant',
      'too-many-waiting',
      'idempotency-conflict',
      ...WECHAT_PROBLEMS,
      'busy',
    ],
  },
  createMessages: {
    route: 'POST /v1/messages/batch',
    summary: 'Send up to 500 messages',
    description:
      'Each entry is accepted or refused on its own. When the time is up, the rest is answered with `timed-out` (it may be accepted yet) or `not-started`: with an idempotencyKey in each entry, sending the batch again is safe.',
    access: { operator: 'send' },
    body: schemas.batchBody,
    maxBodyBytes: 2 * 1024 * 1024,
    answers: { 202: { description: 'What became of each entry', schema: schemas.batchResult } },
  },
  listMessages: {
    route: 'GET /v1/messages',
    summary: "A user's messages, or all that did not arrive, newest first",
    description:
      'A user sees their own. Operators name an openid, or a status: the messages of all users that ended so, the last first. A page by status and template may hold fewer than `limit`, or none, and still have a `nextCursor`.',
    access: { user: true, operator: 'read' },
    query: listQuery,
    answers: { 200: { description: 'The messages', schema: schemas.messagePage } },
    problems: ['wrong-caller'],
  },
  getMessage: {
    route: 'GET /v1/messages/{id}',
    summary: 'A message and what became of it',
    access: { user: true, operator: 'read' },
    params: idParams,
    answers: { 200: { description: 'The message', schema: schemas.message } },
    problems: ['not-found'],
  },
  cancelMessage: {
    route: 'DELETE /v1/messages/{id}',
    summary: 'Cancel a message that is not being sent yet',
    access: { user: true, operator: 'send' },
    params: idParams,
    answers: { 200: { description: 'Canceled; its grant is given back', schema: schemas.message } },
    problems: ['not-found', 'already-sending', 'busy'],
  },
  settleMessage: {
    route: 'POST /v1/messages/{id}/settle',
    summary: 'Settle a message of unknown fate by hand',
    description:
      '`sent`: WeChat accepted it, and its grant stays spent. `failed`: WeChat did not, and its grant is given back unless WeChat has since shown that the user has none. Asking twice for the same changes nothing more.',
    whileStopped: true,
    access: { operator: 'manage' },
    params: idParams,
    body: schemas.settlement,
    answers: { 200: { description: 'The message as settled', schema: schemas.message } },
    problems: ['not-found', 'not-unknown', 'busy'],
  },
});

export type MessageRouteServices = AcceptInputServices & ListMessagesServices;

/** The routes of `/v1/messages`. */
export function messageRoutes(services: MessageRouteServices): readonly Route[] {
  const { store, logger } = services;

  /** The message, and the claim under which it may be being sent. @throws ProblemError `not-found` */
  async function load(caller: UserCaller | OperatorCaller, id: string) {
    const { message, ledger } = await store.load(id);
    if (!message || (caller.type === 'user' && message.value.openid !== caller.openid)) throw notFound();
    return { message: message.value, claim: ledger.value.claim };
  }

  return [
    route(messageSpecs.createMessage, async ({ caller, body, headers, requestId }) => {
      const input = { body, idempotencyKey: headers['idempotency-key'] };
      const { type, message } = await acceptInput(services, caller, input);
      logger.info('message accepted', { requestId, messageId: message.id });
      const status = type === 'repeated' ? 200 : 202;
      return { status, body: await showMessage(services, message) };
    }),

    route(messageSpecs.createMessages, async ({ caller, body, requestId, limit }) => {
      const items = await acceptBatch(services, caller, body.messages, limit);
      const messageIds = items.flatMap((item) => ('message' in item ? [item.message.id] : []));
      logger.info('messages accepted', { requestId, messageIds });
      return { status: 202, body: { items } };
    }),

    route(messageSpecs.listMessages, async ({ caller, query }) => {
      const { items, next, claim } = await listMessages(services, caller, query);
      return pageReply(
        await Promise.all(items.map(({ value }) => showMessage(services, value, claim))),
        next,
      );
    }),

    route(messageSpecs.getMessage, async ({ caller, params }) => {
      const { message, claim } = await load(caller, params.id);
      return { status: 200, body: await showMessage(services, message, claim) };
    }),

    route(messageSpecs.cancelMessage, async ({ caller, params }) => {
      await load(caller, params.id);
      const result = await cancelMessage(services, params.id);
      if (result.type === 'canceled')
        return { status: 200, body: await showMessage(services, result.message) };
      if (result.type === 'not-found') throw notFound();
      throw new ProblemError(
        'already-sending',
        'The message is being sent or has ended. Read it to see how.',
      );
    }),

    route(messageSpecs.settleMessage, async ({ params, body }) => {
      const result = await settleByHand(services, params.id, body.status);
      if (result.type === 'settled')
        return { status: 200, body: await showMessage(services, result.message) };
      if (result.type === 'not-found') throw notFound();
      throw new ProblemError(
        'not-unknown',
        'Only a message that is unknown can be settled. Read it to see how it is.',
      );
    }),
  ];
}

function notFound(): ProblemError {
  return new ProblemError('not-found', 'There is no such message, or it is not yours.');
}
