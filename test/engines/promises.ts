import { expect } from 'vitest';
import type { ReceivedRequest } from '../../local/wechat-simulator/received-requests.ts';
import { type GrantView, inLanes, type MessageView, type World } from './world.ts';

const FINAL = ['sent', 'refused', 'failed', 'unknown'];
/** Between WeChat's answer and the end of the write that records it, and between a death and the arrival of its last request. */
const SLACK_MS = 2_000;

/** What the service promised at the outset, to be held against what came of it. */
export interface Expectations {
  /** Ids of every message that was accepted. */
  readonly accepted: readonly string[];
  readonly users: readonly string[];
  /** How many grants of each template a user gave. */
  readonly grantsOf: (openid: string) => number;
  /** When senders were killed, by the world's time. */
  readonly killedAtMs: readonly number[];
}

/** Holds WeChat's own record, the messages and the grants against the promises. Answers how many messages ended how. */
export async function expectPromisesKept(world: World, e: Expectations): Promise<Record<string, number>> {
  const messages = await world.messages(e.accepted);
  const { items: requests, stats } = world.wechat.received({ call: 'send' });
  const requestsOf = Map.groupBy(requests, textOf);

  for (const message of messages) {
    expect(FINAL, `message ${message.id} has ended`).toContain(message.status);
    expectOutcomeOfRequests(message, requestsOf.get(message.data.thing1) ?? [], e.killedAtMs);
  }
  const known = new Set(messages.map(({ data }) => data.thing1));
  expect([...requestsOf.keys()].filter((text) => !known.has(text))).toEqual([]);
  expect(stats.maxConcurrentSendsPerOpenid).toBeLessThanOrEqual(1);

  const grants = await inLanes(e.users, 8, (openid) => world.call('GET', `/v1/grants?openid=${openid}`));
  for (const grant of grants.flatMap(({ body }): GrantView[] => body.items)) {
    expectGrantsAddUp(
      grant,
      messages.filter((one) => isOf(one, grant)),
      requests,
      e.grantsOf(grant.openid),
    );
  }
  return Object.fromEntries(
    [...Map.groupBy(messages, ({ status }) => status)].map(([status, { length }]) => [status, length]),
  );
}

function expectOutcomeOfRequests(
  message: MessageView,
  requests: readonly ReceivedRequest[],
  killedAtMs: readonly number[],
): void {
  const accepted = requests.filter((request) => request.accepted);
  const about = `${message.status} ${message.id} (${message.outcome?.reason}): ${JSON.stringify(requests)}`;
  expect(accepted.length, about).toBeLessThanOrEqual(1);
  if (message.status === 'sent') expect(accepted, about).toHaveLength(1);
  if (message.status === 'refused' || message.status === 'failed') expect(accepted, about).toEqual([]);
  if (message.status === 'unknown') {
    expect(message.outcome?.reason, about).toBe('sender-lost');
    const last = requests.at(-1);
    // Nothing followed the request that may have been accepted, and a sender died while it was under way or being written down.
    if (accepted.length > 0) expect(last, about).toBe(accepted[0]);
    for (const { startedAtMs, endedAtMs = 0 } of accepted) {
      const died = killedAtMs.some((at) => startedAtMs - SLACK_MS < at && at < endedAtMs + SLACK_MS);
      expect(died, about).toBe(true);
    }
  }
  for (const request of requests) {
    expect(request.startedAtMs, about).toBeGreaterThanOrEqual(Date.parse(message.sendAt));
  }
}

function expectGrantsAddUp(
  grant: GrantView,
  messages: readonly MessageView[],
  requests: readonly ReceivedRequest[],
  granted: number,
): void {
  const about = JSON.stringify(grant);
  const { openid, templateId } = grant;
  const accepted = requests.filter(
    (one) => one.accepted && one.openid === openid && one.templateId === templateId,
  );
  const count = (status: string) => messages.filter((message) => message.status === status).length;
  expect(accepted.length, about).toBeLessThanOrEqual(granted);
  expect(grant.held, about).toBe(0);
  // A refusal by WeChat zeroes what was recorded before it; else each grant is either there or spent on one message.
  if (count('refused') > 0) expect(grant.available, about).toBe(0);
  else expect(grant.spent, about).toBe(count('sent') + count('unknown'));
  expect(grant.available + grant.spent, about).toBe(granted);
}

const isOf = (message: MessageView, { openid, templateId }: GrantView) =>
  message.to === openid && message.templateId === templateId;

function textOf({ data }: ReceivedRequest): string {
  return (data as { thing1: { value: string } }).thing1.value;
}
