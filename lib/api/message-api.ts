import type { BilingualText } from '../bilingual-text.ts';
import {
  type AcceptRequest,
  type AcceptResult,
  type AcceptServices,
  acceptMessage,
  findEarlier,
  type IdempotencyClaim,
} from '../messages/accept-message.ts';
import { cancelMessage } from '../messages/cancel-message.ts';
import { settledLedger } from '../messages/claim-outcome.ts';
import { type ComposeResult, composeMessage } from '../messages/compose-message.ts';
import type { Page, UnknownMessages } from '../messages/message-store.ts';
import { type HandVerdict, settleByHand } from '../messages/settle-unknown.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import { type MessageView, messageView } from './message-view.ts';

/** What came of ordering a message, as callers see it. */
export type AcceptView =
  | { readonly type: 'accepted' | 'repeated'; readonly view: MessageView }
  | { readonly type: 'idempotency-conflict' | 'no-grant' | 'send-at-too-old' };

/** What the message routes can do, with messages as callers see them. */
export interface MessageApi {
  /** Checks data against its template. @throws TemplateLookupError when the template cannot be looked up now */
  compose(request: { templateId: string; data: unknown; fit: boolean }): Promise<ComposeResult>;
  /** The message that an idempotency key stands for already, if it does. */
  earlier(idempotency: IdempotencyClaim): Promise<AcceptView | undefined>;
  accept(request: AcceptRequest): Promise<AcceptView>;
  find(messageId: string): Promise<MessageView | undefined>;
  list(openid: string, limit: number, after: string | undefined): Promise<Page<MessageView>>;
  cancel(
    messageId: string,
  ): Promise<
    | { readonly type: 'canceled'; readonly view: MessageView }
    | { readonly type: 'not-found' }
    | { readonly type: 'already-sending' }
  >;
  /** All messages whose fate is unknown, newest first. */
  listUnknown(limit: number, after: string | undefined): Promise<Page<MessageView>>;
  settle(
    messageId: string,
    verdict: HandVerdict,
  ): Promise<
    { readonly type: 'settled'; readonly view: MessageView } | { readonly type: 'not-found' | 'not-unknown' }
  >;
  /** Whether the settings let users send this template to themselves. */
  isOpenToUsers(templateId: string): boolean;
  /** What to do about an answer of WeChat's to a look-up of templates. */
  remedyFor(errcode: number, errmsg: string): BilingualText;
}

/** What the routes' work needs from outside. */
export interface MessageApiServices extends AcceptServices {
  readonly templates: Pick<TemplateCatalogue, 'find'>;
  readonly unknown: UnknownMessages;
  readonly isOpenToUsers: MessageApi['isOpenToUsers'];
  readonly remedyFor: MessageApi['remedyFor'];
}

/** Joins the rules of messages to the form in which callers see them. */
export function createMessageApi(services: MessageApiServices): MessageApi {
  const { store, clock } = services;
  return {
    isOpenToUsers: services.isOpenToUsers,
    remedyFor: services.remedyFor,
    compose: (request) => composeMessage(services.templates, request),

    async earlier(idempotency) {
      const result = await findEarlier(services, idempotency);
      return result && acceptView(result, clock());
    },

    accept: async (request) => acceptView(await acceptMessage(services, request), clock()),

    async find(messageId) {
      const { message, ledger } = await store.load(messageId);
      return message && messageView(message.value, ledger.value.claim, clock());
    },

    async list(openid, limit, after) {
      const [ledger, page] = await Promise.all([
        store.loadLedger(openid),
        store.listOfUser(openid, limit, after),
      ]);
      const items = page.items.map(({ value }) => messageView(value, ledger.value.claim, clock()));
      return { ...page, items };
    },

    async cancel(messageId) {
      const result = await cancelMessage(services, messageId);
      if (result.type !== 'canceled') return result;
      return { type: 'canceled', view: messageView(result.message, undefined, clock()) };
    },

    async listUnknown(limit, after) {
      const page = await services.unknown.list(limit, after);
      return { ...page, items: page.items.map(({ value }) => messageView(value, undefined, clock())) };
    },

    async settle(messageId, verdict) {
      const result = await settleByHand(services, messageId, verdict);
      if (result.type !== 'settled') return { type: result.type };
      return { type: 'settled', view: messageView(result.message, undefined, clock()) };
    },
  };
}

function acceptView(result: AcceptResult, nowMs: number): AcceptView {
  if (!('message' in result)) return result;
  return { type: result.type, view: messageView(result.message, undefined, nowMs) };
}

/** Closes an open claim of a ledger that is only looked at. */
export function settledBy({ store, clock }: Pick<MessageApiServices, 'store' | 'clock'>) {
  return (ledger: Parameters<typeof settledLedger>[0]) => settledLedger(ledger, store, clock());
}
