import type { Claim } from '../grants/ledger.ts';
import type { Page } from '../listing.ts';
import type { Logger } from '../logger.ts';
import {
  type AcceptRequest,
  type AcceptResult,
  type AcceptServices,
  acceptMessages,
} from '../messages/accept-message.ts';
import { cancelMessage } from '../messages/cancel-message.ts';
import { type ComposeRequest, type ComposeResult, composeMessage } from '../messages/compose-message.ts';
import { findEarlier, type IdempotencyClaim } from '../messages/idempotency-keys.ts';
import type { Message } from '../messages/message.ts';
import type { UnknownMessages } from '../messages/message-store.ts';
import { type ManualOutcome, settleByHand } from '../messages/settle-unknown.ts';
import { settledLedger } from '../sends/close-claim.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import type { TemplateNames } from '../templates/template-names.ts';
import type { Versioned } from '../versioned.ts';
import { withRemedy } from './attempt-remedy.ts';
import type { RemedyFor } from './lookup-problem.ts';
import { type MessageView, messageView } from './message-view.ts';
import { type RemarkServices, remarksOn } from './template-remarks.ts';

/** What came of ordering a message, as callers see it. */
export type AcceptView =
  | { readonly type: 'accepted' | 'repeated'; readonly view: MessageView }
  | Exclude<AcceptResult, { message: unknown }>;

/** What the message routes can do, with messages as callers see them. */
export interface MessageApi {
  /** Checks data against its template. @throws TemplateLookupError when the template cannot be looked up now */
  compose(request: ComposeRequest): Promise<ComposeResult>;
  /** The template's id, where a caller may have given its alias. */
  resolveTemplateId(idOrAlias: string): Promise<string>;
  aliasOf(templateId: string): Promise<string | undefined>;
  nearestAlias(word: string): Promise<string | undefined>;
  /** The message that an idempotency key stands for already, if it does. */
  earlier(openid: string, idempotency: IdempotencyClaim): Promise<AcceptView | undefined>;
  /** Accepts messages to one user, each on its own, in one write. */
  accept(openid: string, requests: readonly AcceptRequest[]): Promise<readonly AcceptView[]>;
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
    manual: ManualOutcome,
  ): Promise<
    { readonly type: 'settled'; readonly view: MessageView } | { readonly type: 'not-found' | 'not-unknown' }
  >;
  /** Whether the settings let users send this template to themselves. */
  isOpenToUsers(templateId: string): Promise<boolean>;
  readonly remedyFor: RemedyFor;
  readonly logger: Logger;
}

export interface MessageApiServices extends AcceptServices, RemarkServices {
  readonly templates: Pick<TemplateCatalogue, 'find'>;
  readonly names: Pick<TemplateNames, 'resolveTemplateId' | 'aliasOf' | 'nearestAlias'>;
  readonly unknown: UnknownMessages;
  readonly isOpenToUsers: MessageApi['isOpenToUsers'];
  readonly remedyFor: MessageApi['remedyFor'];
  /** What to do about WeChat's answer to a send. */
  readonly sendRemedyFor: RemedyFor;
  readonly logger: Logger;
}

/** Joins the rules of messages to the form in which callers see them. */
export function createMessageApi(services: MessageApiServices): MessageApi {
  const { store, clock, names } = services;

  async function show(message: Message, claim?: Claim): Promise<MessageView> {
    const advised = withRemedy(message, services.sendRemedyFor);
    return { ...messageView(advised, claim, clock()), ...(await remarksOn(services, message)) };
  }

  async function showPage({ items, ...rest }: Page<Versioned<Message>>, claim?: Claim) {
    return { ...rest, items: await Promise.all(items.map(({ value }) => show(value, claim))) };
  }

  async function showAccepted(result: AcceptResult): Promise<AcceptView> {
    if (!('message' in result)) return result;
    return { type: result.type, view: await show(result.message) };
  }

  return {
    isOpenToUsers: services.isOpenToUsers,
    remedyFor: services.remedyFor,
    logger: services.logger,
    resolveTemplateId: names.resolveTemplateId,
    aliasOf: names.aliasOf,
    nearestAlias: names.nearestAlias,
    compose: (request) => composeMessage(services.templates, request),

    async earlier(openid, idempotency) {
      const result = await findEarlier(services, openid, idempotency);
      return result && showAccepted(result);
    },

    async accept(openid, requests) {
      return Promise.all((await acceptMessages(services, openid, requests)).map(showAccepted));
    },

    async find(messageId) {
      const { message, ledger } = await store.load(messageId);
      return message && show(message.value, ledger.value.claim);
    },

    async list(openid, limit, after) {
      const [ledger, page] = await Promise.all([
        store.loadLedger(openid),
        store.listOfUser(openid, limit, after),
      ]);
      return showPage(page, ledger.value.claim);
    },

    async cancel(messageId) {
      const result = await cancelMessage(services, messageId);
      return result.type === 'canceled' ? { type: 'canceled', view: await show(result.message) } : result;
    },

    listUnknown: async (limit, after) => showPage(await services.unknown.list(limit, after)),

    async settle(messageId, manual) {
      const result = await settleByHand(services, messageId, manual);
      if (result.type !== 'settled') return { type: result.type };
      return { type: 'settled', view: await show(result.message) };
    },
  };
}

/** Closes an open claim of a ledger that is only looked at. */
export function settledBy({ store, clock }: Pick<MessageApiServices, 'store' | 'clock'>) {
  return (ledger: Parameters<typeof settledLedger>[0]) => settledLedger(ledger, store, clock());
}
