import { NOT_BEGUN } from '../../lib/campaigns/runs/results.ts';
import { closeClaim } from '../../lib/grants/claims.ts';
import { readGrantKey, templateIdsOf } from '../../lib/grants/grant-key.ts';
import { grantsOf, type Ledger, spentOf } from '../../lib/grants/ledger.ts';
import { isPending, type Message } from '../../lib/messages/message.ts';
import { claimFate } from '../../lib/sends/record-transitions.ts';
import type { SendRecord } from '../../lib/sends/send-record.ts';
import type { Report } from './app-functions.ts';
import { type RecipientBook, sendKeyOf } from './recipient-book.ts';
import type { Scheduler } from './scheduler.ts';
import type { TableState } from './table-part.ts';
import type { WeChatRequest } from './wechat.ts';

/** What the rules of grants look at. */
export interface GrantRuleOptions {
  readonly scheduler: Scheduler;
  readonly state: () => TableState;
  readonly book: RecipientBook;
  /** What WeChat was asked. */
  readonly requests: () => readonly WeChatRequest[];
  readonly isSubscription: (grant: string) => boolean;
  /** Whether a grant is of a device template, of which an event counts for as long only as that is not known. */
  readonly isOfDevices: (grant: string) => boolean;
  readonly campaignTemplateId: string;
  /** Whether WeChat pushes events. */
  readonly pushes: boolean;
  /** What a phone reported under a request id. */
  readonly reportOf: (openid: string, requestId: string) => Report | undefined;
  readonly fail: (rule: string, facts: unknown) => void;
}

/** Every grant is where the sends say, at each moment and once everything has come to rest. */
export function createGrantRules(options: GrantRuleOptions) {
  const { scheduler, state, book, isSubscription, fail } = options;
  const tapsOf = new Map<string, number>();
  const acceptedPerGrant = new Map<string, number>();
  const ledgerBefore = new Map<string, Ledger>();
  /** What had been granted when a request left, by the send and its user. */
  const grantedBefore = new Map<string, number>();
  /** What users took back themselves, in the panel or in the settings. */
  const declined = new Set<string>();
  /** In which life of its user a send was claimed last. */
  const lifeOfSend = new Map<string, string | undefined>();

  function checkUser(openid: string): void {
    const ledger = state().ledgerOf(openid);
    if (!ledger) return;
    const messages = state().messagesOf(openid);
    for (const message of messages) {
      if (state().wasErased(message.id)) fail('what was erased does not come back', message);
    }
    for (const templateId of Object.keys(ledger.templates)) {
      if (!isSubscription(templateId)) checkGrants(ledger, templateId, messages);
    }
  }

  function checkGrants(ledger: Ledger, templateId: string, all: readonly Message[]): void {
    const grants = grantsOf(ledger, templateId)!;
    if (spentOf(grants) < 0) fail('available + held + spent is what was granted', grants);
    const holding = all.filter(
      (message) =>
        message.templateId === templateId &&
        isPending(message) &&
        message.hold?.epoch === grants.epoch &&
        message.id !== ledger.claim?.sendId,
    );
    if (holding.length !== grants.held)
      fail('each held grant belongs to one pending message', { ledger, holding });
    if (grants.epoch > 0 || grants.revokedAtMs !== undefined) return;
    const taken = ledger.claim?.templateId === templateId ? 1 : 0;
    const spent = sendsThatSpent(ledger, templateId, all);
    if (spentOf(grants) !== taken + spent.length)
      fail('each spent grant belongs to one send', { ledger, spent });
  }

  /** The sends of this life that have a grant on their account for good, but for the one that is claimed. */
  function sendsThatSpent(ledger: Ledger, templateId: string, messages: readonly Message[]) {
    const claimed = ledger.claim && sendKeyOf(ledger.claim.sendId);
    const ofMessages = messages.filter(
      ({ templateId: of, lastClaim }) =>
        of === templateId && lastClaim?.effect === 'spend' && lastClaim.claimId !== ledger.claim?.claimId,
    );
    const ofRecipients = book
      .ofUser(ledger.openid)
      .filter(
        ({ sendId, result }) =>
          templateId === options.campaignTemplateId &&
          sendId !== claimed &&
          lifeOfSend.get(sendId) === ledger.life &&
          result &&
          tookGrant(result),
      );
    return [...ofMessages, ...ofRecipients];
  }

  /** A subscription ends where its user took it back, or where WeChat refused a send with 43101. */
  function checkSubscriptions(now: Ledger): void {
    const before = ledgerBefore.get(now.openid);
    for (const [grant, { subscribed }] of Object.entries(now.templates)) {
      if (subscribed || !isSubscription(grant) || !before || !grantsOf(before, grant)?.subscribed) continue;
      const isRefused = ({ openid, grant: of, errcode }: WeChatRequest) =>
        openid === now.openid && of === grant && errcode === 43101;
      if (!declined.has(`${now.openid} ${grant}`) && !options.requests().some(isRefused))
        fail('only its user or a 43101 ends a subscription', { before, now, grant });
    }
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
    const since = old.granted - (grantedBefore.get(sendKeyOf(claim.sendId)) ?? claim.grantedBefore);
    const left =
      grants.available + grants.held + (now.claim && now.claim.templateId === claim.templateId ? 1 : 0);
    if (left < Math.min(since, old.available + old.held))
      fail('what is granted during a refused send stays', { before, now });
    if (left > old.granted - claim.grantedBefore)
      fail('a refusal takes what was granted before', { before, now });
  }

  function checkCounting({ openid, templates }: Ledger): void {
    for (const [key, grants] of Object.entries(templates)) {
      const { templateId, device } = readGrantKey(key);
      if (!isSubscription(key) && grants.held !== 0) fail('no grant is left held', { openid, grants });
      const marks = state().marksOf(openid);
      const counted = marks
        .filter((mark) => mark.startsWith('report#'))
        .map((mark) => mark.slice('report#'.length))
        .map((requestId) => options.reportOf(openid, requestId)?.report)
        .filter((told) => (device ? told?.devices?.some(({ sn }) => sn === device.sn) : !told?.devices))
        .filter((told) => told?.results[templateId]?.startsWith('accept'));
      // An event names no device, so that it counts for none.
      if ((!options.pushes || device) && grants.granted !== counted.length)
        fail('each report counts once', { openid, grants, counted });
      const told = marks.filter(
        (mark) => mark.startsWith('event#popup#') && mark.endsWith(`#${templateId}#accept`),
      );
      const taps = tapsOf.get(`${openid} ${key}`) ?? 0;
      if (grants.granted > taps) fail('a tap counts once, whoever tells of it', { openid, grants, taps });
      if (grants.granted < Math.max(counted.length, options.isOfDevices(key) ? 0 : told.length))
        fail('a tap that was told of counts', { openid, grants, counted, told });
    }
  }

  /**
   * An open claim is closed by what its send says. What a recipient gave back is seen by planning, which goes
   * by the ledger alone; but not that of one whose name was erased, because no worker finds their claim.
   */
  function settled(ledger: Ledger): Ledger | undefined {
    const { claim } = ledger;
    if (!claim) return ledger;
    const recipient = book.ofUser(ledger.openid).find(({ sendId }) => sendId === sendKeyOf(claim.sendId));
    const record: SendRecord | undefined = recipient
      ? (recipient.result ?? NOT_BEGUN)
      : state().findMessage(claim.sendId);
    const fate = claimFate(claim, record, scheduler.now());
    if (!record || fate.type !== 'settled') {
      fail('no claim is left open', { ledger, record });
      return undefined;
    }
    if (recipient && !recipient.isErased && fate.effect !== 'spend')
      fail('planning sees what a send gave back', { ledger, record });
    return closeClaim(ledger, fate.effect);
  }

  function checkAtRest(stored: Ledger): void {
    checkCounting(stored);
    const ledger = settled(stored);
    if (!ledger) return;
    for (const templateId of templateIdsOf(ledger)) {
      if (!state().isInAudience(templateId, ledger.openid))
        fail('campaigns find whoever answered for their template', { ledger, templateId });
    }
    for (const [templateId, grants] of Object.entries(ledger.templates)) {
      if (isSubscription(templateId)) continue;
      if (Math.min(grants.available, grants.held, spentOf(grants)) < 0)
        fail('no balance is negative', ledger);
      const spent = sendsThatSpent(ledger, templateId, state().messagesOf(ledger.openid));
      if (spentOf(grants) < spent.length) fail('as many grants are spent as sends took', { ledger, spent });
    }
  }

  return {
    ledgerWritten(ledger: Ledger): void {
      const { claim } = ledger;
      if (claim) lifeOfSend.set(sendKeyOf(claim.sendId), claim.life);
      checkSubscriptions(ledger);
      checkZeroing(ledger);
    },
    checkUser,
    /** A user's item was deleted; what they do afterwards begins anew. */
    deleted: (openid: string): void => void ledgerBefore.delete(openid),
    tapped(openid: string, grant: string): void {
      const key = `${openid} ${grant}`;
      tapsOf.set(key, (tapsOf.get(key) ?? 0) + 1);
    },
    declined: (openid: string, grant: string): void => void declined.add(`${openid} ${grant}`),
    leaving({ sendId, openid, grant }: WeChatRequest): void {
      const ledger = state().ledgerOf(openid);
      grantedBefore.set(sendId, (ledger && grantsOf(ledger, grant)?.granted) ?? 0);
    },
    accepted({ openid, grant }: WeChatRequest): void {
      if (isSubscription(grant)) return;
      const ledger = state().ledgerOf(openid);
      const key = `${openid} ${grant} ${ledger?.life}`;
      const count = (acceptedPerGrant.get(key) ?? 0) + 1;
      acceptedPerGrant.set(key, count);
      const granted = (ledger && grantsOf(ledger, grant)?.granted) ?? 0;
      if (count > granted) fail('never more accepted sends than grants recorded', { key, count, granted });
    },
    atRest(): void {
      for (const ledger of state().ledgers()) checkAtRest(ledger);
    },
  };
}

function tookGrant({ state, attempts, lastClaim }: SendRecord): boolean {
  return state !== 'pending' && attempts > 0 && (lastClaim?.effect ?? 'spend') === 'spend';
}
