import { expect, test } from 'vitest';
import { readRecipientSendId, recipientSendId } from '../../../../lib/campaigns/runs/recipient-port.ts';
import { isRunId, runStartsAtMs, scheduledRunId } from '../../../../lib/campaigns/runs/run.ts';
import { openidOf } from '../../../../lib/messages/message.ts';

const CAMPAIGN = `cmp_${'a'.repeat(32)}`;
const AT_MS = Date.UTC(2026, 11, 1, 1);

test('a scheduled run has the same id however often its trigger comes, and another at each moment and for each campaign', () => {
  const id = scheduledRunId(CAMPAIGN, AT_MS);
  expect(isRunId(id)).toBe(true);
  expect(scheduledRunId(CAMPAIGN, AT_MS)).toBe(id);
  expect(scheduledRunId(CAMPAIGN, AT_MS + 60_000) > id).toBe(true);
  expect(scheduledRunId(`cmp_${'b'.repeat(32)}`, AT_MS)).not.toBe(id);
  expect(runStartsAtMs(id)).toBe(AT_MS);
});

test('what a claim of a recipient carries says who it is, and is no id of a message', () => {
  const send = { runId: scheduledRunId(CAMPAIGN, AT_MS), openid: 'o_A-b_1', index: 99 };
  const id = recipientSendId(send);
  expect(readRecipientSendId(id)).toEqual(send);
  expect(openidOf(id)).toBeUndefined();
  expect(readRecipientSendId('msg_0123_oA')).toBeUndefined();
});
