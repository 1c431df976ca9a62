import { describe, expect, it } from 'vitest';
import { acceptBatch } from '../../../lib/api/accept-batch.ts';
import type { AcceptInputServices } from '../../../lib/api/accept-input.ts';
import { emptyLedger, withGrants } from '../../../lib/grants/ledger.ts';
import { ContentionError } from '../../../lib/retry.ts';
import { keptLogs } from '../../support/log-lines.ts';

const CALLER = { type: 'operator', keyName: 'shop', scopes: ['send'] } as const;
const entry = (to: string) => ({ to, templateId: 'tpl', data: {} });

const NINE_GRANTS = {
  kind: 'one-time',
  granted: 9,
  available: 9,
  held: 0,
  subscribed: true,
  epoch: 0,
  lastStatus: 'accept',
  silentReject: false,
  updatedAtMs: 0,
} as const;

/** The items of `slow…` are read when the test says so, `no…` granted nothing, `lost…` fail; all others are there at once. */
function setUp() {
  const logs = keptLogs();
  const accepted: string[] = [];
  /** How many messages each reading of a user's item was for. */
  const calls: number[] = [];
  let ids = 0;
  const slow = Promise.withResolvers<void>();
  const services: Partial<AcceptInputServices> = {
    logger: logs.logger,
    clock: () => 0,
    sleep: async () => undefined,
    random: () => 0,
    names: {
      resolveTemplateId: async (id) => id,
      aliasOf: async () => undefined,
      nearestAlias: async () => undefined,
    },
    templates: {
      find: async (templateId) => ({ templateId, title: '', kind: 'one-time', fields: [], syncedAtMs: 0 }),
    },
    newMessageId: (openid) => `msg_${openid}_${++ids}`,
    enqueue: async () => undefined,
    dueEntries: { put: async () => undefined },
    store: {
      async loadLedger(openid: string) {
        calls.push(ids);
        ids = 0;
        if (openid.startsWith('slow')) await slow.promise;
        if (openid.startsWith('busy')) throw new ContentionError();
        if (openid.startsWith('lost')) throw new Error('DynamoDB said something about sesame');
        const ledger = emptyLedger(openid);
        return {
          value: openid.startsWith('no') ? ledger : withGrants(ledger, 'tpl', NINE_GRANTS),
          version: '1',
        };
      },
      async commit({ ledger }) {
        accepted.push(ledger?.value.openid ?? '');
        return 'committed';
      },
    } as AcceptInputServices['store'],
  };
  let remainingMs = 29_000;
  const timeUp = Promise.withResolvers<void>();
  const limit = { remainingMs: () => remainingMs, near: () => timeUp.promise };
  const acceptEntries = (entries: readonly object[]) =>
    acceptBatch(services as AcceptInputServices, CALLER, entries, limit);
  return {
    accepted,
    calls,
    logs,
    slow: slow.resolve,
    left: (ms: number) => {
      remainingMs = ms;
    },
    timeUp: timeUp.resolve,
    accept: (...openids: string[]) => acceptEntries(openids.map(entry)),
    acceptEntries,
  };
}

/** What became of each entry, in short: whom its message is to and its page, or the code of its problem. */
const shortly = (items: Awaited<ReturnType<typeof acceptBatch>>) =>
  items.map((item) =>
    'message' in item ? `msg_${item.message.to}${item.message.page ?? ''}` : item.problem.code,
  );

describe('a batch that does not finish in time', () => {
  it('answers what was accepted so far, and each rest with a problem', async () => {
    const { accept, timeUp } = setUp();
    const answer = accept('a', 'slow1', 'no1', 'b');
    setTimeout(timeUp);
    const items = await answer;
    expect(shortly(items)).toEqual(['msg_a', 'timed-out', 'no-grant', 'msg_b']);
    expect(items.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(items[1]).toMatchObject({
      problem: {
        status: 503,
        remedy: { en: expect.stringContaining('idempotency key'), zh: expect.any(String) },
      },
    });
  });

  it('begins no entry that may not end in time, and says which it did not begin', async () => {
    const { accept, accepted, left, slow } = setUp();
    const many = Array.from({ length: 60 }, (_, index) => `slow${index}`);
    const answer = accept(...many);
    await new Promise(setImmediate);
    left(4_999);
    slow();
    const items = await answer;
    expect(shortly(items)).toEqual(
      many.map((openid, index) => (index < 25 ? `msg_${openid}` : 'not-started')),
    );
    expect(accepted).toHaveLength(25);
  });

  it('is 503 timed-out when nothing was accepted, and says how to send it again', async () => {
    const { accept, timeUp } = setUp();
    const answer = accept('slow1', 'no1');
    setTimeout(timeUp);
    await expect(answer).rejects.toMatchObject({
      code: 'timed-out',
      statusCode: 503,
      message: expect.stringContaining('idempotencyKey'),
    });
  });

  it('is 503 too when it had no time to begin with', async () => {
    const { accept, accepted, left } = setUp();
    left(900);
    await expect(accept('a', 'b')).rejects.toMatchObject({ code: 'timed-out' });
    expect(accepted).toEqual([]);
  });

  it('changes nothing of its answer afterwards', async () => {
    const { accept, accepted, timeUp, slow } = setUp();
    const answer = accept('a', 'slow1');
    setTimeout(timeUp);
    const items = await answer;
    slow();
    await expect.poll(() => accepted).toEqual(['a', 'slow1']);
    expect(shortly(items)).toEqual(['msg_a', 'timed-out']);
  });
});

describe('a batch in time', () => {
  it('waits for no limit', async () => {
    expect(shortly(await setUp().accept('a', 'b'))).toEqual(['msg_a', 'msg_b']);
  });

  it('accepts what goes to one user by one call, in their order, and answers each beside its entry', async () => {
    const { acceptEntries, calls } = setUp();
    const to = (openid: string, page: number) => ({ ...entry(openid), page: `${page}` });
    const wrong = { ...entry('a'), surprise: 1 };
    const items = await acceptEntries([to('a', 1), to('b', 2), wrong, to('a', 3), to('no', 4), to('a', 5)]);
    expect(shortly(items)).toEqual(['msg_a1', 'msg_b2', 'invalid-body', 'msg_a3', 'no-grant', 'msg_a5']);
    expect(calls.toSorted()).toEqual([1, 1, 3]);
  });

  it('of refusals alone is answered entry by entry', async () => {
    expect(shortly(await setUp().accept('no1', 'x y', 'busy'))).toEqual(['no-grant', 'invalid-body', 'busy']);
  });

  it('loses no accepted message for a failure of another entry, which is logged and not answered', async () => {
    const { accept, logs } = setUp();
    const items = await accept('a', 'lost');
    expect(shortly(items)).toEqual(['msg_a', 'internal-error']);
    expect(JSON.stringify(items)).not.toContain('sesame');
    expect(logs.lines).toHaveLength(1);
  });
});
