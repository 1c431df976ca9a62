import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createDueIndexWriter } from '../../../lib/dynamodb/dynamodb-due-index.ts';
import { createIdempotencyKeys } from '../../../lib/dynamodb/dynamodb-idempotency-keys.ts';
import { createMessageStore } from '../../../lib/dynamodb/dynamodb-message-store.ts';
import { createUserEraser } from '../../../lib/dynamodb/dynamodb-user-eraser.ts';
import { getItem } from '../../../lib/dynamodb/items.ts';
import { messageKey } from '../../../lib/dynamodb/keys.ts';
import { emptyLedger } from '../../../lib/grants/ledger.ts';
import { unpackPending } from '../../../lib/grants/packed-pending-messages.ts';
import { recordReport } from '../../../lib/grants/report-grants.ts';
import { acceptMessages } from '../../../lib/messages/accept-message.ts';
import type { AcceptRequest } from '../../../lib/messages/decide-acceptance.ts';
import { createMessageIds } from '../../../lib/messages/message.ts';
import { messagePort } from '../../../lib/messages/message-port.ts';
import { claimSend } from '../../../lib/sends/claim-send.ts';
import type { SendDecision } from '../../../lib/sends/judge-answer.ts';
import { eraseUser } from '../../../lib/users/erase-user.ts';
import { scanPages } from '../../../operate/scan-pages.ts';
import { useTable } from '../../support/dynamodb.ts';
import { settle } from '../../support/settle.ts';
import { watched } from '../../support/watched-table.ts';

/** What the users of these tests have granted. */
export const TEMPLATE = 'tpl-receipt';
/** When their clocks begin. */
export const START_MS = Date.UTC(2026, 11, 1);
/** Says nothing. */
export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** The table of the test file. */
export const table = await useTable();
let ids = 0;
const newMessageId = createMessageIds(() => String(++ids).padStart(32, '0'));

/** A request for a message of the template, to this user. */
export function requestTo(openid: string, more: Partial<AcceptRequest> = {}): AcceptRequest {
  return {
    openid,
    templateId: TEMPLATE,
    templateKind: 'one-time',
    data: { thing1: '普洱' },
    fitted: [],
    miniprogramState: 'formal',
    lang: 'zh_CN',
    hold: true,
    ...more,
  };
}

/** Looks through the whole table. */
export async function expectNothingOf(openid: string): Promise<void> {
  for await (const { Items = [] } of scanPages(table, { TableName: table.name })) {
    for (const item of Items) expect(JSON.stringify(item)).not.toContain(openid);
  }
}

/** A user with grants, and a clock of their own. */
export async function useUser(grants = 10) {
  let nowMs = START_MS;
  const openid = `o-${randomUUID()}`;
  const clock = () => nowMs;
  const calls: string[] = [];
  const counted = watched(table, (operation, _input, send) => {
    calls.push(operation);
    return send();
  });
  const store = createMessageStore(counted, { newVersion: randomUUID, clock, logger: quiet });
  const services = {
    store,
    clock,
    logger: quiet,
    sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
    random: Math.random,
    newClaimId: randomUUID,
    newMessageId,
    enqueue: async () => undefined,
    dueEntries: createDueIndexWriter(counted),
    keys: createIdempotencyKeys(counted, { clock, newVersion: randomUUID }),
  };
  let value = emptyLedger(openid);
  for (let n = 0; n < grants; n++) {
    const report = { results: { [TEMPLATE]: 'accept' }, silent: [] };
    value = recordReport(value, report, { authority: 'client', kindOf: () => 'one-time', nowMs });
  }
  await store.commit({ ledger: { value, version: undefined } });

  return {
    openid,
    services,
    recordOf: (id: string) => getItem(table, messageKey(table, openid, id)),
    later(ms: number) {
      nowMs += ms;
    },
    calls,
    acceptAll: (requests: readonly Partial<AcceptRequest>[]) =>
      acceptMessages(
        services,
        openid,
        requests.map((request) => requestTo(openid, request)),
      ),
    async accept(sendAtMs?: number, more: Partial<AcceptRequest> = {}): Promise<string> {
      const [result] = await this.acceptAll([{ ...more, ...(sendAtMs !== undefined && { sendAtMs }) }]);
      if (!result || !('message' in result)) throw new Error(result?.type);
      return result.message.id;
    },
    async claim(id: string) {
      const turn = await claimSend(services, messagePort(services, id));
      if (turn.type !== 'claimed') throw new Error(turn.type);
      return { claim: turn.claim, message: turn.record };
    },
    /** Tries to send, and is told to try again later. */
    async retry(id: string, atMs: number): Promise<void> {
      const { claim, message } = await this.claim(id);
      calls.length = 0;
      const outcome = { atMs: nowMs, reason: 'rate', errcode: 45011 };
      const verdict: SendDecision = {
        state: 'pending',
        effect: 'keep',
        outcome,
        retry: { policy: 'rate', atMs },
      };
      await settle(services, claim, message, verdict);
    },
    waiting: async () => [...unpackPending((await store.loadLedger(openid)).value).keys()],
    async send(id: string): Promise<void> {
      const { claim, message } = await this.claim(id);
      const outcome = { atMs: nowMs, reason: 'accepted' as const };
      await settle(services, claim, message, { state: 'sent', effect: 'spend', outcome });
    },
    listed: async (limit: number, after?: string) => {
      const { items } = await store.listOfUser(openid, limit, after);
      return items.map(({ value: { id, state } }) => ({ id, state }));
    },
    erase: (eraser = createUserEraser(table, { newVersion: randomUUID })) =>
      eraseUser(
        {
          ...services,
          eraser,
          campaigns: { list: async () => ({ items: [] }) },
        } as never,
        openid,
      ),
  };
}
