import { expect, test } from 'vitest';
import { emptyLedger, type Ledger } from '../../../lib/grants/ledger.ts';
import { acceptMessage } from '../../../lib/messages/accept-message.ts';
import type { BoundKey } from '../../../lib/messages/idempotency-keys.ts';
import { type Message, messageIdOf } from '../../../lib/messages/message.ts';
import { putPending } from '../../../lib/messages/pending-messages.ts';
import type { Versioned } from '../../../lib/versioned.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 4);
const STEM = 'a'.repeat(32);
const CLAIM = { scope: 'operator:shop', key: 'order-1', bodyHash: 'body' };
const REQUEST = {
  openid: 'u',
  templateId: 'T',
  templateKind: 'one-time' as const,
  data: { thing1: 'text' },
  fitted: [],
  miniprogramState: 'formal' as const,
  lang: 'zh_CN' as const,
  hold: false,
  idempotency: CLAIM,
};
const ACCEPTED: Message = {
  id: messageIdOf(STEM, 'u'),
  openid: 'u',
  templateId: 'T',
  data: REQUEST.data,
  miniprogramState: 'formal',
  lang: 'zh_CN',
  state: 'pending',
  sendAtMs: NOW_MS,
  dueAtMs: NOW_MS,
  attempts: 0,
  createdAtMs: NOW_MS,
  updatedAtMs: NOW_MS,
};

/** A user's item as it stood before they were erased and since, and the key that was bound since. */
function useUser() {
  const lifeOf = (life: string): Ledger => ({ ...emptyLedger('u'), life });
  const before: Versioned<Ledger> = { value: lifeOf('life 1'), version: 'v1' };
  const now: Versioned<Ledger> = { value: putPending(lifeOf('life 2'), ACCEPTED), version: 'v2' };
  const reads = [before];
  let bound: BoundKey = {
    bodyHash: CLAIM.bodyHash,
    messageStem: STEM,
    life: 'life 2',
    expiresAtMs: NOW_MS + 1_000_000,
  };
  const services = {
    clock: () => NOW_MS,
    random: () => 0,
    sleep: async () => {},
    newMessageId: (openid: string) => messageIdOf('b'.repeat(32), openid),
    enqueue: async () => {},
    dueEntries: { put: async () => {} },
    keys: {
      find: async () => bound,
      async bind(_claim: unknown, to: BoundKey) {
        bound = to;
        return 'committed' as const;
      },
    },
    store: {
      loadLedger: async () => reads.shift() ?? now,
      loadRecord: async () => undefined,
      commit: async ({ ledger }: { ledger?: Versioned<Ledger> }) =>
        ledger?.version === now.version ? ('committed' as const) : ('conflict' as const),
    },
  };
  return { bound: () => bound, accept: () => acceptMessage(services as never, REQUEST) };
}

test('a key names one message although its user was erased and came back meanwhile', async () => {
  const user = useUser();
  expect(await user.accept()).toMatchObject({ type: 'repeated', message: { id: ACCEPTED.id } });
  expect(user.bound().messageStem).toBe(STEM);
});
