import { expect, test } from 'vitest';
import { emptyLedger } from '../../../lib/grants/ledger.ts';
import { applySubscribeEvent } from '../../../lib/wechat-events/apply-subscribe-event.ts';
import type { SentEvent } from '../../../lib/wechat-events/event-job.ts';

test('an item that cannot be settled keeps none beside it back, and the event comes again', async () => {
  const lookedAt: string[] = [];
  const event: SentEvent = {
    type: 'sent',
    openid: 'oUser1',
    createdAtMs: 0,
    items: ['T1', 'T2', 'T3'].map((templateId) => ({
      templateId,
      msgid: '1',
      errcode: 0,
      errorStatus: 'success',
    })),
  };
  const unused = async () => {
    throw new Error('not asked for here');
  };
  const services = {
    store: {
      findSend: unused,
      commit: unused,
      loadLedger: async () => ({ value: emptyLedger('oUser1'), version: undefined }),
      listOfUser: async () => ({ items: [] }),
    },
    grantStore: {
      loadLedger: unused,
      countedOf: unused,
      announce: unused,
      joinAudiences: unused,
      commitCounted: unused,
    },
    kindsOf: async () => new Map(),
    async campaignSendsOf({ templateId }: { templateId: string }) {
      lookedAt.push(templateId);
      if (templateId === 'T1') throw new Error('unreadable');
      return [];
    },
    clock: () => 1e12,
    random: () => 0,
    sleep: async () => {},
    logger: { info() {}, warn() {}, error() {} },
  };
  await expect(applySubscribeEvent(services as never, event)).rejects.toThrow('unreadable');
  expect(lookedAt).toEqual(['T1', 'T2', 'T3']);
});
