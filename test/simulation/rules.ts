import { grantsOf, type Ledger, spentOf } from '../../lib/grants/ledger.ts';
import { isPending, type Message } from '../../lib/messages/message.ts';
import type { MessageState } from '../../lib/sends/send-record.ts';
import type { EraseCall, Report } from './functions.ts';
import type { Process } from './processes.ts';
import type { Scheduler } from './scheduler.ts';
import type { TableState, TableWrite } from './table.ts';
import type { WeChatRequest } from './wechat.ts';

/** What must hold, whatever happens. Each breach is told to `fail` under the name of its rule. */
export interface Rules {
  written(write: TableWrite): void;
  /** A user's item was deleted; what they do afterwards begins anew. */
  deleted(openid: string, by: Process): void;
  /** A caller was told that a user is erased. */
  erased(call: EraseCall): void;
  leaving(request: WeChatRequest): void;
  accepted(request: WeChatRequest): void;
  /** A caller was told that the message is accepted, or canceled. */
  promised(messageId: string): void;
  canceled(messageId: string): void;
  /** A caller was told that their key stands for this message. */
  named(key: string, messageId: string): void;
  /** The user accepted in the panel, whoever tells of it. */
  tapped(openid: string, templateId: string): void;
  /** Checks what must hold once everything has come to rest, and more of it where there was less trouble. */
  atRest(trouble: Trouble): void;
}

/** What a world went through: nothing at all, only what WeChat and the queue did, or functions that failed and died. */
export type Trouble = 'none' | 'outside' | 'everywhere';

/** What the rules look at. */
export interface RuleOptions {
  readonly scheduler: Scheduler;
  readonly state: () => TableState;
  readonly requests: () => readonly WeChatRequest[];
  readonly longTerm: (templateId: string) => boolean;
  readonly skewMs: number;
  /** Whether WeChat pushes events. */
  readonly pushes: boolean;
  /** What a phone reported under a request id. */
  readonly reportOf: (openid: string, requestId: string) => Report | undefined;
  readonly fail: (rule: string, facts: unknown) => void;
}

/** Where a message may go from each state. */
const NEXT: Record<MessageState, readonly MessageState[]> = {
  pending: [],
  unknown: ['sent', 'refused', 'failed', 'delivered'],
  sent: ['delivered', 'failed'],
  delivered: [],
  refused: [],
  failed: [],
  canceled: [],
};

/** The rules of the contract, checked against the table and against what WeChat itself saw. */
export function createRules({
  scheduler,
  state,
  requests,
  longTerm,
  skewMs,
  pushes,
  reportOf,
  fail,
}: RuleOptions): Rules {
  const promised = new Set<string>();
  const canceled = new Set<string>();
  const namedBy = new Map<string, string>();
  const erased = new Set<string>();
  const deletions = new Map<string, { readonly by: Process; readonly atMs: number }>();
  const tapsOf = new Map<string, number>();
  const acceptedPerGrant = new Map<string, number>();
  const latest = new Map<string, WeChatRequest[]>();
  const grantedBefore = new Map<WeChatRequest, number>();
  const ledgerBefore = new Map<string, Ledger>();

  function checkUser(openid: string): void {
    const ledger = state().ledgers.get(openid);
    if (!ledger) return;
    const messages = state().messagesOf(openid);
    for (const message of messages) {
      if (state().erased.has(message.id)) fail('what was erased does not come back', message);
    }
    for (const templateId of Object.keys(ledger.templates)) {
      if (!longTerm(templateId)) checkGrants(ledger, templateId, messages);
    }
  }

  function checkGrants(ledger: Ledger, templateId: string, all: readonly Message[]): void {
    const grants = grantsOf(ledger, templateId)!;
    const messages = all.filter((message) => message.templateId === templateId);
    if (spentOf(grants) < 0) fail('available + held + spent is what was granted', grants);
    const holding = messages.filter(
      (message) =>
        isPending(message) && message.hold?.epoch === grants.epoch && message.id !== ledger.claim?.messageId,
    );
    if (holding.length !== grants.held)
      fail('each held grant belongs to one pending message', { ledger, holding });
    if (grants.epoch > 0 || grants.revokedAtMs !== undefined) return;
    const taken = ledger.claim?.templateId === templateId ? 1 : 0;
    const spent = messages.filter(
      ({ lastClaim }) => lastClaim?.effect === 'spend' && lastClaim.claimId !== ledger.claim?.claimId,
    );
    if (spentOf(grants) !== taken + spent.length)
      fail('each spent grant belongs to one send', { ledger, spent });
  }

  /** A refusal takes what was recorded before its request began, and nothing that came later. */
  function checkZeroing(now: Ledger): void {
    const before = ledgerBefore.get(now.openid);
    ledgerBefore.set(now.openid, now);
    const claim = before?.claim;
    if (!before || !claim) return;
    const grants = grantsOf(now, claim.templateId)!;
    const old = grantsOf(before, claim.templateId)!;
    if (grants.epoch === old.epoch || grants.revokedAtMs !== claim.startedAtMs) return;
    const request = latest.get(now.openid)?.findLast(({ messageId }) => messageId === claim.messageId);
    const since = old.granted - (request ? grantedBefore.get(request)! : claim.grantedBefore);
    const left =
      grants.available + grants.held + (now.claim && now.claim.templateId === claim.templateId ? 1 : 0);
    if (left < Math.min(since, old.available + old.held))
      fail('what is granted during a refused send stays', { before, now });
    if (left > old.granted - claim.grantedBefore)
      fail('a refusal takes what was granted before', { before, now });
  }

  function checkEnd(message: Message, trouble: Trouble): void {
    const made = requests().filter(({ messageId }) => messageId === message.id);
    const accepted = made.filter(({ truth }) => truth === 'accepted');
    if (isPending(message)) fail('every accepted message ends', message);
    if (accepted.length > 1) fail('WeChat accepts a message once', { message, accepted });
    if ((message.state === 'sent' || message.state === 'delivered') && accepted.length === 0)
      fail('sent means that WeChat accepted it', message);
    const final = accepted[0]?.finalErrcode;
    if (message.outcome?.reason === 'not-delivered' && final !== 1)
      fail('what failed after all was told to have failed', { message, accepted });
    if (message.state === 'delivered' && final !== 0)
      fail('what is delivered was told to be delivered', { message, accepted });
    const toldOtherwise = message.state === 'delivered' || message.outcome?.reason === 'not-delivered';
    if (accepted.length > 0 && message.state !== 'sent' && message.state !== 'unknown' && !toldOtherwise)
      fail('what WeChat accepted ends as sent or unknown', { message, accepted });
    if (message.state === 'canceled' && made.some(({ told }) => told !== 'refused'))
      fail('a canceled message was not sent', message);
    const doubtful = made.some(({ told, errcode }) => told !== 'refused' || errcode === -1);
    if (trouble !== 'everywhere' && message.state === 'unknown' && !doubtful)
      fail('nothing ends as unknown without a reason', { message, made });
    if (trouble === 'none' && message.state === 'sent' && message.updatedAtMs - message.sendAtMs > 60_000)
      fail('without trouble nothing is late', message);
  }

  function checkLedgerAtRest(ledger: Ledger): void {
    const { claim, openid } = ledger;
    const claimed = claim && state().messages.get(claim.messageId);
    if (claim && (!claimed || isPending(claimed))) fail('no claim is left open', ledger);
    for (const [templateId, grants] of Object.entries(ledger.templates)) {
      if (!longTerm(templateId) && grants.held !== 0) fail('no grant is left held', ledger);
      const counted = state()
        .marksOf(openid)
        .filter((mark) => mark.startsWith('report#'))
        .map((mark) => mark.slice('report#'.length))
        .filter((requestId) => reportOf(openid, requestId)?.report.results[templateId]?.startsWith('accept'));
      if (!pushes && grants.granted !== counted.length) fail('each report counts once', { ledger, counted });
      const told = state()
        .marksOf(openid)
        .filter((mark) => mark.startsWith('event#popup#') && mark.endsWith(`#${templateId}#accept`));
      const taps = tapsOf.get(`${openid} ${templateId}`) ?? 0;
      if (grants.granted > taps) fail('a tap counts once, whoever tells of it', { ledger, taps });
      if (grants.granted < Math.max(counted.length, told.length))
        fail('a tap that was told of counts', { ledger, counted, told });
    }
  }

  return {
    written({ ledger, records = [] }) {
      for (const { message, before } of records) {
        if (isPending(message)) fail('what waits has no record', message);
        if (before && !NEXT[before.state].includes(message.state) && message.state !== before.state)
          fail('an end is an end', { before, message });
        if (!before && state().erased.has(message.id)) fail('what was erased does not come back', message);
      }
      if (ledger) checkZeroing(ledger);
      const openid = ledger?.openid ?? records[0]?.message.openid;
      if (openid !== undefined) checkUser(openid);
    },
    deleted(openid, by) {
      ledgerBefore.delete(openid);
      erased.delete(openid);
      deletions.set(openid, { by, atMs: scheduler.now() });
    },
    erased({ openid, startedAtMs, by }) {
      // Unless another call deleted the item meanwhile, which then is the one that has to tidy up.
      const last = deletions.get(openid);
      if (!last || last.by === by || last.atMs < startedAtMs) erased.add(openid);
    },
    leaving(request) {
      const now = scheduler.now();
      const message = state().messages.get(request.messageId);
      const ofUser = latest.get(request.openid) ?? [];
      if (!message) return fail('only accepted messages are sent', request);
      if (now + skewMs < message.sendAtMs) fail('nothing leaves before its time', { request, message });
      if (!isPending(message)) fail('what has ended is not sent', { request, message });
      if (canceled.has(message.id)) fail('what was canceled is not sent', { request, message });
      for (const other of ofUser) {
        if (other.messageId === request.messageId && other.told !== 'refused')
          fail('nothing follows a request that was accepted or may have been', { request, other });
        if (other.told === undefined && other.endsAtMs > now)
          fail('no two requests to one user overlap', { request, other });
      }
      latest.set(request.openid, [...ofUser, request]);
      const ledger = state().ledgers.get(request.openid);
      grantedBefore.set(request, (ledger && grantsOf(ledger, request.templateId)?.granted) ?? 0);
    },
    accepted({ openid, templateId }) {
      if (longTerm(templateId)) return;
      const ledger = state().ledgers.get(openid);
      const key = `${openid} ${templateId} ${ledger?.life}`;
      const count = (acceptedPerGrant.get(key) ?? 0) + 1;
      acceptedPerGrant.set(key, count);
      const granted = (ledger && grantsOf(ledger, templateId)?.granted) ?? 0;
      if (count > granted) fail('never more accepted sends than grants recorded', { key, count, granted });
    },
    tapped(openid, templateId) {
      const key = `${openid} ${templateId}`;
      tapsOf.set(key, (tapsOf.get(key) ?? 0) + 1);
    },
    promised: (messageId) => void promised.add(messageId),
    canceled: (messageId) => void canceled.add(messageId),
    named(key, messageId) {
      const known = namedBy.get(key);
      namedBy.set(key, messageId);
      if (known === undefined || known === messageId) return;
      if (!state().erased.has(known) && !state().erased.has(messageId))
        fail('one key stands for one message', { key, known, messageId });
    },
    atRest(trouble) {
      for (const message of state().messages.values()) checkEnd(message, trouble);
      for (const ledger of state().ledgers.values()) checkLedgerAtRest(ledger);
      for (const messageId of promised) {
        const kept = state().messages.get(messageId) ?? state().erased.has(messageId);
        if (!kept) fail('no accepted message is lost', messageId);
      }
      for (const messageId of canceled) {
        if (state().erased.has(messageId)) continue;
        if (state().messages.get(messageId)?.state !== 'canceled') fail('canceled stays canceled', messageId);
      }
      for (const openid of erased) {
        const remains = state().remains(openid);
        if (remains.length > 0) fail('nothing is left of who was erased', { openid, remains });
      }
    },
  };
}
