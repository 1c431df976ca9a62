import * as v from 'valibot';
import {
  type MessageStore,
  UNDELIVERED_STATES,
  type UndeliveredMessages,
} from '../messages/message-store.ts';
import type { AliasLookup } from '../templates/alias-lookup.ts';
import type { OperatorCaller, UserCaller } from './access.ts';
import { decodeCursor, pageQuery } from './paging.ts';
import { inputError, ProblemError } from './problem.ts';
import { instant, openid, templateId } from './schemas/common.ts';

/** The query of `GET /v1/messages`. */
export const listQuery = v.strictObject({
  ...pageQuery,
  openid: v.exactOptional(openid),
  status: v.exactOptional(v.picklist(UNDELIVERED_STATES)),
  templateId: v.exactOptional(v.pipe(templateId, v.description('With `status`: only of this template.'))),
  from: v.exactOptional(instant('With `status`: only those that ended so from this moment on.')),
  to: v.exactOptional(instant('With `status`: only those that ended so before this moment.')),
});

type ListQuery = v.InferOutput<typeof listQuery>;

/** What {@link listMessages} asks. */
export interface ListMessagesServices {
  readonly store: Pick<MessageStore, 'loadLedger' | 'listOfUser'>;
  readonly undelivered: UndeliveredMessages;
  readonly names: Pick<AliasLookup, 'resolveTemplateId'>;
}

/** A position in the list of messages that did not arrive. */
const undeliveredCursor = v.pipe(v.string(), v.regex(/^\d{16}#/), v.maxLength(512));

/**
 * A page of a user's messages with the open claim of their ledger, or of all that did not arrive.
 *
 * @throws ProblemError for what the caller may not ask
 */
export async function listMessages(
  services: ListMessagesServices,
  caller: UserCaller | OperatorCaller,
  query: ListQuery,
) {
  const { openid: named, status } = query;
  const isNarrowed = query.templateId !== undefined || query.from !== undefined || query.to !== undefined;
  if (caller.type === 'user') {
    if (status || isNarrowed)
      throw new ProblemError('wrong-caller', 'Only operators may ask by status: leave it out.');
    if ((named ?? caller.openid) !== caller.openid)
      throw new ProblemError('not-found', 'There is no such message, or it is not yours.');
    return listOfUser(services, caller.openid, query);
  }
  if (status && named === undefined) return listUndelivered(services, { ...query, status });
  if (named !== undefined && !status && !isNarrowed) return listOfUser(services, named, query);
  throw eitherUserOrStatus(named !== undefined);
}

async function listOfUser({ store }: ListMessagesServices, user: string, { limit, cursor }: ListQuery) {
  const after = decodeCursor(v.string(), cursor);
  const [ledger, page] = await Promise.all([store.loadLedger(user), store.listOfUser(user, limit, after)]);
  return { ...page, claim: ledger.value.claim };
}

type ByStatus = ListQuery & { readonly status: NonNullable<ListQuery['status']> };

async function listUndelivered(
  { names, undelivered }: ListMessagesServices,
  { status, templateId: word, from, to, limit, cursor }: ByStatus,
) {
  if (from !== undefined && to !== undefined && from >= to) throw wrongOrder();
  const query = {
    state: status,
    ...(word !== undefined && { templateId: await names.resolveTemplateId(word) }),
    ...(from !== undefined && { fromMs: from }),
    ...(to !== undefined && { toMs: to }),
  };
  const page = await undelivered.list(query, limit, decodeCursor(undeliveredCursor, cursor));
  return { ...page, claim: undefined };
}

function eitherUserOrStatus(namesUser: boolean): ProblemError {
  const rule = namesUser
    ? {
        en: 'cannot go with status, templateId, from or to',
        zh: '不能与 status、templateId、from、to 同时使用',
      }
    : { en: 'An operator must name a user or a status', zh: '用 API Key 查询时须指定用户或 status' };
  const detail = 'Name a user by openid, or a status; templateId, from and to go with a status.';
  return new ProblemError('invalid-query', detail, { errors: [inputError('openid', rule)] });
}

/** A time that ends before it begins. */
function wrongOrder(): ProblemError {
  const rule = { en: 'must be before `to`', zh: '应早于 `to`' };
  return new ProblemError('invalid-query', 'Ask for a time that ends after it begins.', {
    errors: [inputError('from', rule)],
  });
}
