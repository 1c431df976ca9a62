import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { detailSchemas } from '../../lib/eventbridge/event-details.ts';
import type { DomainEventName } from '../../lib/stream/domain-events.ts';
import { PRICE_DROP, startService } from './running-service.ts';

/*
 * What the owner's event bus is told, and what is counted, while messages go well and badly.
 */
const { stack, wechat, operator, logIn, allow } = await startService({
  followChanges: true,
  dispatchEverySeconds: 0,
  settings: { PUBLISHED_EVENTS: '*' },
});
const T = PRICE_DROP.templateId;

/** The events about one user, by their detail type, in the order of publishing. */
function eventsOf(openid: string) {
  return stack.bus.published().filter(({ detail }) => [detail['openid'], detail['to']].includes(openid));
}
const typesOf = (openid: string) => eventsOf(openid).map(({ detailType }) => detailType);

async function send(openid: string) {
  const { body } = await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
  await stack.idle();
  return body.id as string;
}

async function statistics(query = '') {
  await stack.idle();
  return (await operator('GET', `/v1/stats?templateId=${T}${query}`)).body.items;
}

describe('the event bus is told', () => {
  test('of grants and of messages, each detail in the form that the API answers, plus eventId', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, T, 1);
    const id = await send(openid);
    expect(typesOf(openid)).toEqual(['Grant Recorded', 'Message Sent']);
    const [granted, sent] = eventsOf(openid);
    expect(granted).toMatchObject({ source: 'qingniao', detail: { openid, templateId: T, available: 1 } });
    expect(sent?.detail).toMatchObject({ id, to: openid, status: 'sent', outcome: { errcode: 0 } });
    const { body: message } = await operator('GET', `/v1/messages/${id}`);
    const { eventId: _, appid, ...detail } = sent?.detail ?? {};
    expect(detail).toEqual(message);
    expect(appid).toBe(wechat.appId);
  });

  test('of a refusal, and that the grants are gone', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, T, 2);
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid });
    await send(openid);
    expect(typesOf(openid).toSorted()).toEqual(
      ['Grant Recorded', 'Grant Recorded', 'Grant Revoked', 'Message Refused'].toSorted(),
    );
  });

  test('in the forms that the schema file shows', () => {
    const published = stack.bus.published();
    expect(published.length).toBeGreaterThan(4);
    for (const { detailType, detail } of published) {
      const schema = detailSchemas[detailType as DomainEventName];
      expect(v.safeParse(schema, detail).issues).toBeUndefined();
    }
  });

  test('again under the same eventId when the bus was down, and of everything', async () => {
    const { openid } = await logIn();
    stack.bus.failNext(8);
    await allow(wechat, openid, T, 3);
    await send(openid);
    const events = eventsOf(openid);
    const distinct = new Set(events.map(({ detail }) => detail['eventId']));
    expect(distinct.size).toBe(4);
    expect(new Set(typesOf(openid))).toEqual(new Set(['Grant Recorded', 'Message Sent']));
  });
});

describe('GET /v1/stats', () => {
  test('counts what happened by template and day, each thing once', async () => {
    const { openid } = await logIn();
    const [before] = await statistics();
    await allow(wechat, openid, T, 4);
    await send(openid);
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid });
    await send(openid);
    const [after] = await statistics();
    const moved = (name: string) => after[name] - (before?.[name] ?? 0);
    expect([moved('granted'), moved('sent'), moved('refused'), moved('available')]).toEqual([4, 1, 1, 0]);
    expect(after).toMatchObject({ templateId: T, day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
  });

  test('tells days in the time zone asked for', async () => {
    const at = (timezone: string) =>
      new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(Date.now());
    for (const timezone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      const items = await statistics(`&timezone=${timezone}`);
      expect(items.at(-1).day).toBe(at(timezone));
    }
  });

  test.each([
    ['timezone=Mars/Olympus', 'timezone'],
    ['from=2020-01-01', 'from'],
    ['from=2026-02-30', 'from'],
    ['to=2020-01-01', 'from'],
    ['who=me', 'who'],
  ])('%s is refused with the field', async (query, path) => {
    expect(await operator('GET', `/v1/stats?${query}`)).toMatchObject({
      status: 422,
      body: { code: 'invalid-query', errors: [{ path }] },
    });
  });
});

// Last, because the refusal slows all sending down for a while.
test('what has expired is told as failed, and counted as failed for that; what was collapsed is not', async () => {
  const { openid } = await logIn();
  await allow(wechat, openid, T, 1);
  const [before] = await statistics();
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: 45011, openid });
  const collapsible = { to: openid, ...PRICE_DROP, collapseKey: 'digest' };
  const later = (ms: number) => new Date(Date.now() + ms).toISOString();
  await operator('POST', '/v1/messages', { ...collapsible, sendAt: later(60_000) });
  const { body } = await operator('POST', '/v1/messages', { ...collapsible, expiresAt: later(1_200) });
  await expect.poll(() => typesOf(openid), { timeout: 10_000 }).toEqual(['Grant Recorded', 'Message Failed']);
  expect(eventsOf(openid)[1]?.detail).toMatchObject({
    id: body.id,
    status: 'failed',
    expiresAt: body.expiresAt,
    collapseKey: 'digest',
    outcome: { reason: 'expired' },
  });
  const [after] = await statistics();
  expect(after.failed['expired']).toBe((before?.failed['expired'] ?? 0) + 1);
  expect(after.available - before.available).toBe(0);
}, 20_000);
