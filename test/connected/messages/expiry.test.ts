import { describe, expect, test } from 'vitest';
import { getItem } from '../../../lib/dynamodb/items.ts';
import { dueEntryKey } from '../../../lib/dynamodb/keys.ts';
import { grantsOf } from '../../../lib/grants/ledger.ts';
import { deferJob } from '../../../lib/messages/defer-job.ts';
import { endWithoutRequest } from '../../../lib/messages/end-pending-messages.ts';
import { messagePort } from '../../../lib/messages/message-port.ts';
import { claimSend } from '../../../lib/sends/claim-send.ts';
import { START_MS, TEMPLATE, table, useUser } from './use-user.ts';

const HOUR_MS = 3_600_000;

describe('a message that expires', () => {
  test('is accepted, claimed and sent by as many calls as any other', async () => {
    const [plain, expiring] = [await useUser(1), await useUser(1)];
    for (const user of [plain, expiring]) user.calls.length = 0;
    await plain.send(await plain.accept(START_MS));
    await expiring.send(await expiring.accept(START_MS, { expiresAtMs: START_MS + HOUR_MS }));
    expect(expiring.calls).toEqual(plain.calls);
  });

  test('has an entry for its end where it is put off for longer than it lives', async () => {
    const user = await useUser(1);
    const expiresAtMs = START_MS + HOUR_MS;
    const id = await user.accept(undefined, { expiresAtMs });
    await user.retry(id, START_MS + 12 * HOUR_MS);
    const { message } = await user.services.store.load(id);
    expect(message?.value).toMatchObject({ dueAtMs: expiresAtMs, dueEntries: [expiresAtMs], expiresAtMs });
    expect(await getItem(table, dueEntryKey(table, id, expiresAtMs))).toMatchObject({ expiresAtMs });
  });

  test('that is held back comes up at its end, by the queue where that is near', async () => {
    const user = await useUser(1);
    const expiresAtMs = START_MS + 60_000;
    const id = await user.accept(undefined, { expiresAtMs });
    const job = { messageId: id, sinceMs: START_MS, expiresAtMs };
    const inAnHour = { type: 'later', delayMs: HOUR_MS } as const;
    const result = await deferJob(user.services, job, inAnHour);
    expect(result).toMatchObject({ type: 'later', dueAtMs: expiresAtMs });
    const { message } = await user.services.store.load(id);
    expect(message?.value).toMatchObject({ dueAtMs: expiresAtMs });
    expect(message?.value.dueEntries).toBeUndefined();
  });

  test('is claimed until then, and not from then on; its end gives the grant back in one step', async () => {
    const user = await useUser(2);
    const expiresAtMs = START_MS + 1_000;
    const [first, second] = [
      await user.accept(undefined, { expiresAtMs }),
      await user.accept(undefined, { expiresAtMs }),
    ];
    user.later(999);
    await user.send(first);
    user.later(1);
    const claimed = await claimSend(user.services, messagePort(user.services, second));
    if (claimed.type !== 'expired') return expect.unreachable(claimed.type);
    user.calls.length = 0;
    const end = { state: 'failed', reason: 'expired', atMs: expiresAtMs } as const;
    await endWithoutRequest(user.services.store, [claimed.record], claimed.ledger, end);
    expect(user.calls).toEqual(['TransactWriteItems']);
    expect(await user.recordOf(second)).toMatchObject({ state: 'failed', attempts: 0, expiresAtMs });
    const { value } = await user.services.store.loadLedger(user.openid);
    expect(grantsOf(value, TEMPLATE)).toMatchObject({ available: 1, held: 0 });
  });

  test('ends while another message to the user is being sent', async () => {
    const user = await useUser(2);
    const sending = await user.accept();
    const id = await user.accept(undefined, { expiresAtMs: START_MS + 1_000 });
    const { claim } = await user.claim(sending);
    user.later(1_000);
    const claimed = await claimSend(user.services, messagePort(user.services, id));
    if (claimed.type !== 'expired') return expect.unreachable(claimed.type);
    const end = { state: 'failed', reason: 'expired', atMs: START_MS + 1_000 } as const;
    await endWithoutRequest(user.services.store, [claimed.record], claimed.ledger, end);
    expect((await user.services.store.loadLedger(user.openid)).value.claim).toEqual(claim);
    expect(await user.waiting()).toEqual([sending]);
  });
});
