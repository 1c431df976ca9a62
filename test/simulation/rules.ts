import type { RunRecord, RunView } from '../../lib/campaigns/runs/run.ts';
import { isPending } from '../../lib/messages/message.ts';
import type { SubscribeEvent } from '../../lib/wechat-events/event-job.ts';
import type { EraseCall } from './app-functions.ts';
import { type CrossingRuleOptions, createCrossingRules } from './crossing-rules.ts';
import { createGrantRules, type GrantRuleOptions } from './grant-rules.ts';
import { createWaitingRules } from './pending-rules.ts';
import type { Process } from './processes.ts';
import { createRecipientBook } from './recipient-book.ts';
import { createRunRules, type RunRuleOptions } from './run-rules.ts';
import { createSendRules, type SendRuleOptions, type Trouble } from './send-rules.ts';
import type { TableWrite } from './table.ts';
import type { WeChatRequest } from './wechat.ts';

/** What the rules look at. */
export type RuleOptions = Omit<
  GrantRuleOptions & SendRuleOptions & RunRuleOptions & CrossingRuleOptions,
  'book'
>;

/**
 * What must hold in one app, whatever happens there and elsewhere, by the table and by what WeChat itself saw.
 * Each breach is told to `fail` under its rule's name.
 */
export function createRules(options: RuleOptions) {
  const { state, scheduler, fail } = options;
  const book = createRecipientBook();
  const grants = createGrantRules({ ...options, book });
  const sends = createSendRules({ ...options, book });
  const runs = createRunRules({ ...options, book });
  const waiting = createWaitingRules(options);
  const crossings = createCrossingRules(options);
  const promised = new Set<string>();
  const canceled = new Set<string>();
  const namedBy = new Map<string, string>();
  /** Those of whom a caller was told that they are erased, with the moment of that call. */
  const erased = new Map<string, number>();
  const deletions = new Map<string, { readonly by: Process; readonly atMs: number }>();

  return {
    written({ ledger, records = [], run, batch, results }: TableWrite): void {
      for (const { message, before } of records) {
        if (isPending(message)) fail('what waits has no record', message);
        if (!before && state().wasErased(message.id)) fail('what was erased does not come back', message);
        sends.recorded(message.id, before, message);
        waiting.recorded(message);
      }
      if (run) runs.runWritten(run);
      if (run) crossings.runWritten(run);
      if (batch) book.batchWritten(batch);
      if (batch) runs.batchWritten(batch);
      for (const { recipient, before } of results ? book.resultsWritten(results) : [])
        sends.recorded(recipient.sendId, before, recipient.result!);
      if (ledger) {
        grants.ledgerWritten(ledger);
        waiting.ledgerWritten(ledger);
        crossings.ledgerWritten(ledger);
        runs.granted(ledger.openid, ledger.templates[options.campaignTemplateId]?.granted ?? 0);
      }
      const openid = ledger?.openid ?? records[0]?.message.openid;
      if (openid !== undefined) grants.checkUser(openid);
    },
    /** A user's item was deleted; what they do afterwards begins anew. */
    deleted(openid: string, by: Process): void {
      grants.deleted(openid);
      runs.deleted(openid);
      crossings.deleted(openid);
      erased.delete(openid);
      deletions.set(openid, { by, atMs: scheduler.now() });
    },
    /** A caller was told that a user is erased. */
    erased({ openid, startedAtMs, by }: EraseCall): void {
      // Unless another call deleted the item meanwhile, which then is the one that has to tidy up.
      const last = deletions.get(openid);
      if (!last || last.by === by || last.atMs < startedAtMs) erased.set(openid, startedAtMs);
    },
    leaving(request: WeChatRequest, accessToken: string): void {
      crossings.leaving(request, accessToken);
      if (canceled.has(request.sendId)) fail('what was canceled is not sent', request);
      sends.leaving(request);
      waiting.leaving(request);
      grants.leaving(request);
      runs.leaving(request);
    },
    accepted: grants.accepted,
    /** The user accepted in the panel, whoever tells of it. */
    tapped(openid: string, templateId: string): void {
      grants.tapped(openid, templateId);
      runs.tapped(openid, templateId);
    },
    erasing(openid: string): void {
      crossings.erasing(openid);
      runs.erasing(openid);
    },
    minted: crossings.minted,
    /** The user took a grant back: of a template, or of a device and its template. */
    declined(openid: string, grant: string): void {
      crossings.declined(openid, grant);
      grants.declined(openid, grant);
    },
    runAsked: crossings.runAsked,
    runPromised: runs.promised,
    streamed: crossings.streamed,
    counted: crossings.counted,
    published: crossings.published,
    eventTaken(event: SubscribeEvent): void {
      if (event.type !== 'sent') return;
      for (const { msgid } of event.items) if (msgid !== undefined) sends.receiptTaken(msgid);
    },
    /** A caller was told that the message is accepted, or canceled. */
    promised: (messageId: string): void => void promised.add(messageId),
    canceled: (messageId: string): void => void canceled.add(messageId),
    /** A caller was told that their key stands for this message. */
    named(key: string, messageId: string): void {
      const known = namedBy.get(key);
      namedBy.set(key, messageId);
      if (known === undefined || known === messageId) return;
      if (!state().wasErased(known) && !state().wasErased(messageId))
        fail('one key stands for one message', { key, known, messageId });
    },
    /**
     * Checks what must hold once everything has come to rest, and more of it where there was less trouble.
     */
    async atRest(trouble: Trouble, read: (run: RunRecord) => Promise<RunView | undefined>): Promise<void> {
      sends.atRest(trouble);
      waiting.atRest(trouble);
      grants.atRest();
      crossings.atRest();
      await runs.atRest(trouble, read);
      for (const messageId of promised) {
        if (!state().findMessage(messageId) && !state().wasErased(messageId))
          fail('no accepted message is lost', messageId);
      }
      for (const messageId of canceled) {
        if (state().wasErased(messageId)) continue;
        if (state().findMessage(messageId)?.state !== 'canceled') fail('canceled stays canceled', messageId);
      }
      for (const [openid, atMs] of erased) {
        const remains = [
          ...state().remains(openid, atMs - options.skewMs),
          ...runs.namedBefore(openid, atMs),
        ];
        if (remains.length > 0) fail('nothing is left of who was erased', { openid, remains });
      }
    },
  };
}

/** The rules of one world. */
export type Rules = ReturnType<typeof createRules>;
