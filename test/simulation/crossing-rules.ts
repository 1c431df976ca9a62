import type { RunRecord } from '../../lib/campaigns/runs/run.ts';
import type { BusEvent } from '../../lib/eventbridge/eventbridge-bus.ts';
import { grantsOf, type Ledger } from '../../lib/grants/ledger.ts';
import { type CountedChange, countsOf } from '../../lib/stream/counts.ts';
import type { StreamEntry } from './stream.ts';
import type { TableState } from './table-part.ts';
import type { WeChatRequest } from './wechat.ts';

/** What the rules of one app look at. */
export interface CrossingRuleOptions {
  readonly appId: string;
  readonly state: () => TableState;
  readonly requests: () => readonly WeChatRequest[];
  /** Whether the app's account at WeChat ever gave out this token. */
  readonly isOwnToken: (accessToken: string) => boolean;
  readonly fail: (rule: string, facts: unknown) => void;
}

/**
 * Nothing is recorded, sent, counted, zeroed or erased in one app by what was done in another. Each deed is noted
 * under the app that it is done in, before any code under test has a hand in it.
 */
export function createCrossingRules({ appId, state, requests, isOwnToken, fail }: CrossingRuleOptions) {
  const minted = new Set<string>();
  const asked = new Set<string>();
  const erasing = new Set<string>();
  const declined = new Set<string>();
  const epochs = new Map<string, number>();
  /** Counts that the app's own writes make, and those that were added to its statistics. */
  const due = new Set<string>();
  const counted = new Set<string>();
  const keyOf = (openid: string, templateId: string) => `${openid} ${templateId}`;

  function checkZeroing(ledger: Ledger, templateId: string): void {
    const { openid } = ledger;
    const key = keyOf(openid, templateId);
    const { epoch } = grantsOf(ledger, templateId)!;
    const isRaised = epoch > (epochs.get(key) ?? 0);
    epochs.set(key, epoch);
    if (!isRaised || declined.has(key)) return;
    const isRefused = requests().some(
      (request) => request.openid === openid && request.grant === templateId && request.truth === 'refused',
    );
    if (!isRefused) fail('grants are zeroed by what their own app was told', { ledger, templateId });
  }

  return {
    /** What is done in the app. */
    minted: (messageId: string): void => void minted.add(messageId),
    runAsked: (runId: string): void => void asked.add(runId),
    erasing: (openid: string): void => void erasing.add(openid),
    /** The user took a template back, in a panel or in the settings of the mini program. */
    declined: (openid: string, templateId: string): void => void declined.add(keyOf(openid, templateId)),
    /** What comes of it. */
    leaving(request: WeChatRequest, accessToken: string): void {
      if (!isOwnToken(accessToken))
        fail('a token is used for the account that gave it out', { request, accessToken });
    },
    ledgerWritten(ledger: Ledger): void {
      for (const templateId of Object.keys(ledger.templates)) checkZeroing(ledger, templateId);
    },
    runWritten(run: RunRecord): void {
      if (!asked.has(run.id)) fail('a run begins in the app that asked for it', run);
    },
    deleted(openid: string): void {
      if (!erasing.has(openid)) fail('a user is erased in the app that asked for it', openid);
      for (const key of epochs.keys()) if (key.startsWith(`${openid} `)) epochs.delete(key);
    },
    streamed(entry: StreamEntry): void {
      if (entry.appId !== appId) fail('a write is taken in for its own app', entry);
      if (entry.change.type === 'results') return;
      if (countsOf(entry.change).length > 0) due.add(entry.change.id);
    },
    counted(changes: readonly CountedChange[]): void {
      for (const { id } of changes) counted.add(id);
    },
    published(events: readonly BusEvent[]): void {
      for (const event of events) {
        if (event.detail['appid'] !== appId) fail('an event names its own app', event);
      }
    },
    atRest(): void {
      for (const { id } of state().messages())
        if (!minted.has(id)) fail('a message stands in the app that it was accepted for', id);
      for (const id of due) if (!counted.has(id)) fail('what is written is counted', id);
    },
  };
}
