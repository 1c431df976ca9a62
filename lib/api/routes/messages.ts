import * as v from 'valibot';
import type { OperatorCaller, UserCaller } from '../access.ts';
import type { MessageApi } from '../message-api.ts';
import { decodeCursor, encodeCursor, pageQuery } from '../paging.ts';
import { inputError, ProblemError } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { openid } from '../schemas/ids.ts';
import { message, messagePage, settlement } from '../schemas/messages.ts';
import { RULES } from '../schemas/rules.ts';
import { createMessageRoutes } from './create-messages.ts';

const idParams = v.object({
  id: v.pipe(v.string(), v.maxLength(256), v.description('The id of the message.')),
});

/** A place in the list of unknown messages. */
const unknownCursor = v.pipe(v.string(), v.regex(/^\d{16}#/), v.maxLength(512));

/** The form of `GET /v1/messages`. */
export const listMessagesSpec = routeSpec({
  method: 'GET',
  path: '/v1/messages',
  operationId: 'listMessages',
  summary: "A user's messages, or all whose fate is unknown, newest first",
  description:
    'A user sees their own. Operators name an openid, or ask for status=unknown: the messages of all users that wait to be settled, those that became unknown last first.',
  access: { user: true, operator: 'read' },
  query: v.strictObject({
    ...pageQuery,
    openid: v.exactOptional(openid),
    status: v.exactOptional(v.picklist(['unknown'], RULES.unknownOnly)),
  }),
  answers: { 200: { description: 'The messages', schema: messagePage } },
  problems: ['wrong-caller'],
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

/** The form of `POST /v1/messages/{id}/settle`. */
export const settleMessageSpec = routeSpec({
  method: 'POST',
  path: '/v1/messages/{id}/settle',
  operationId: 'settleMessage',
  summary: 'Settle a message of unknown fate by hand',
  description:
    '`sent`: WeChat accepted it, and its grant stays spent. `failed`: WeChat did not, and its grant is given back unless WeChat has since shown that the user has none. Asking twice for the same changes nothing more.',
  access: { operator: 'manage' },
  params: idParams,
  body: settlement,
  answers: { 200: { description: 'The message as settled', schema: message } },
  problems: ['not-found', 'not-unknown', 'busy'],
});

/** The routes of `/v1/messages`. */
export function messageRoutes(api: MessageApi): readonly Route[] {
  return [
    ...createMessageRoutes(api),

    route(listMessagesSpec, async ({ caller, query }) => {
      const page = await listedBy(api, caller, query);
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

    route(settleMessageSpec, async ({ params, body }) => {
      const result = await api.settle(params.id, body.status);
      switch (result.type) {
        case 'settled':
          return { status: 200, body: result.view };
        case 'not-found':
          throw notFound();
        case 'not-unknown':
          throw new ProblemError(
            'not-unknown',
            'Only a message that is unknown can be settled. Read it to see how it is.',
          );
      }
    }),
  ];
}

type ListQuery = v.InferOutput<typeof listMessagesSpec.query>;

function listedBy(api: MessageApi, caller: UserCaller | OperatorCaller, query: ListQuery) {
  const { openid: named, status, limit, cursor } = query;
  if (caller.type === 'user') {
    if (status) throw new ProblemError('wrong-caller', 'Only operators may ask by status: leave it out.');
    if ((named ?? caller.openid) !== caller.openid) throw notFound();
    return api.list(caller.openid, limit, decodeCursor(v.string(), cursor));
  }
  if (named !== undefined && !status) return api.list(named, limit, decodeCursor(v.string(), cursor));
  if (named === undefined && status) return api.listUnknown(limit, decodeCursor(unknownCursor, cursor));
  const errors = [
    inputError('openid', {
      en: 'An operator must name a user, or the status and no user',
      zh: '用 API Key 查询时须指定用户，或只指定 status',
    }),
  ];
  throw new ProblemError('invalid-query', 'Name either the user by openid or status=unknown.', { errors });
}

function notFound(): ProblemError {
  return new ProblemError('not-found', 'There is no such message, or it is not yours.');
}
