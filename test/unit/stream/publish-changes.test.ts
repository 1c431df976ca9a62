import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { RecipientResult } from '../../../lib/campaigns/runs/results.ts';
import type { RunRecord } from '../../../lib/campaigns/runs/run.ts';
import { detailSchemas, eventOf } from '../../../lib/eventbridge/event-details.ts';
import type { Ledger, TemplateGrants } from '../../../lib/grants/ledger.ts';
import type { Message } from '../../../lib/messages/message.ts';
import type { Measurement } from '../../../lib/metrics.ts';
import type { MessageState } from '../../../lib/sends/send-record.ts';
import { type CountedChange, countChanges, countsOf } from '../../../lib/stream/counts.ts';
import { type DomainEvent, domainEventsOf } from '../../../lib/stream/domain-events.ts';
import { measurementsOf, publishChanges, type StreamServices } from '../../../lib/stream/publish-changes.ts';
import type { StreamRecord } from '../../../lib/stream/stream-record.ts';

const T = 'template-1';
const common = (n: number) => ({ id: `event-${n}`, atMs: n * 1_000 });

function ledger(grants: Partial<TemplateGrants>, templateIds: readonly string[] = [T]): Ledger {
  const entry: TemplateGrants = {
    kind: 'one-time',
    granted: 0,
    available: 0,
    held: 0,
    subscribed: false,
    epoch: 0,
    lastStatus: 'accept',
    silentReject: false,
    updatedAtMs: 0,
    ...grants,
  };
  return { openid: 'u', templates: Object.fromEntries(templateIds.map((id) => [id, entry])) };
}

function message(
  state: MessageState,
  atMs: number,
  outcome: Partial<Message['outcome'] & object> = {},
): Message {
  return {
    id: 'm',
    openid: 'u',
    templateId: T,
    data: {},
    miniprogramState: 'formal',
    lang: 'zh_CN',
    state,
    sendAtMs: 0,
    dueAtMs: 0,
    attempts: 1,
    createdAtMs: 0,
    updatedAtMs: atMs,
    outcome: { atMs, reason: 'x', ...outcome },
  };
}

const ofMessage = (before: Message | undefined, after: Message): StreamRecord => ({
  type: 'message',
  ...common(7),
  ...(before && { before }),
  after,
});
const namesOf = (change: StreamRecord) => domainEventsOf(change).map(({ name }) => name);
const countsIn = (change: StreamRecord) => countsOf(change).map(({ name, by, atMs }) => [name, by, atMs]);

describe('a change of a ledger', () => {
  test('says what was recorded and what was revoked, by template', () => {
    const before = ledger({ granted: 2, available: 2 });
    const after = ledger({ granted: 3, available: 0, epoch: 1 });
    const change: StreamRecord = { type: 'ledger', ...common(7), before, after };
    expect(namesOf(change)).toEqual(['Grant Recorded', 'Grant Revoked']);
    expect(countsIn(change)).toEqual([
      ['granted', 1, 7_000],
      ['available', -2, 7_000],
    ]);
  });

  test('in which a grant is held or claimed has no event, but moves the available gauge', () => {
    const before = ledger({ granted: 2, available: 2 });
    const after = ledger({ granted: 2, available: 1, held: 1 });
    const change: StreamRecord = { type: 'ledger', ...common(7), before, after };
    expect(namesOf(change)).toEqual([]);
    expect(countsIn(change)).toEqual([['available', -1, 7_000]]);
  });

  test('of a long-term template has no available gauge, and its end has an event', () => {
    const before = ledger({ kind: 'long-term', granted: 1, available: 1, subscribed: true });
    const after = ledger({ kind: 'long-term', granted: 1, available: 1, subscribed: false });
    const change: StreamRecord = { type: 'ledger', ...common(7), before, after };
    expect(namesOf(change)).toEqual(['Grant Revoked']);
    expect(countsIn(change)).toEqual([]);
  });

  test('that erases it takes what was left out of the available gauge, and has no event', () => {
    const change: StreamRecord = {
      type: 'ledger',
      ...common(7),
      before: ledger({ granted: 3, available: 2 }),
    };
    expect(namesOf(change)).toEqual([]);
    expect(countsIn(change)).toEqual([['available', -2, 7_000]]);
  });
});

describe('a change of a message', () => {
  test.each<[MessageState | undefined, MessageState, string[], [string, number, number][]]>([
    [undefined, 'pending', [], []],
    ['pending', 'sent', ['Message Sent'], [['sent', 1, 9]]],
    ['sent', 'delivered', ['Message Delivered'], [['delivered', 1, 9]]],
    [
      'unknown',
      'delivered',
      ['Message Delivered'],
      [
        ['unknown', -1, 5],
        ['sent', 1, 9],
        ['delivered', 1, 9],
      ],
    ],
    ['pending', 'unknown', ['Message Unknown'], [['unknown', 1, 9]]],
    ['pending', 'refused', ['Message Refused'], [['refused', 1, 9]]],
    ['pending', 'failed', ['Message Failed'], [['failed:45009', 1, 9]]],
    ['sent', 'sent', [], []],
    ['pending', 'canceled', [], []],
  ])('from %s to %s', (from, to, names, counts) => {
    const after = message(to, 9, to === 'failed' ? { errcode: 45009 } : {});
    const change = ofMessage(from && message(from, 5), after);
    expect(namesOf(change)).toEqual(names);
    expect(countsIn(change)).toEqual(counts);
  });

  test('that failed without an answer of WeChat’s is counted by its reason', () => {
    expect(countsIn(ofMessage(message('pending', 5), message('failed', 9, { reason: 'no-grant' })))).toEqual([
      ['failed:no-grant', 1, 9],
    ]);
  });
});

describe('the results of a run’s batch', () => {
  const content = {
    templateId: T,
    data: { thing1: '{{name}}，您好' },
    miniprogramState: 'formal',
    lang: 'zh_CN',
    fit: false,
  } as const;
  const run: RunRecord = {
    id: `run_${'0'.repeat(32)}`,
    campaignId: 'cmp_1',
    status: 'running',
    trigger: 'manual',
    dryRun: false,
    source: { type: 'grantees' },
    content,
    startedAtMs: 1,
    generation: 0,
  };
  const recipients = [{ openid: 'a' }, { openid: 'b', variables: { name: '小明' } }, { openid: 'c' }];
  const result = (state: RecipientResult['state'], errcode?: number): RecipientResult => ({
    state,
    attempts: 1,
    outcome: { atMs: 9, reason: 'x', ...(errcode !== undefined && { errcode }) },
  });
  const change = (of: RunRecord): StreamRecord => ({
    type: 'results',
    ...common(7),
    key: { runId: of.id, shard: 0, start: '' },
    before: new Map([[0, result('sent')]]),
    after: new Map([
      [0, result('sent')],
      [1, result('failed', 47003)],
      [2, result('skipped')],
    ]),
    batch: { run: of, recipients },
  });

  test('tell of those who stand somewhere else than before, as messages', () => {
    expect(namesOf(change(run))).toEqual(['Message Failed']);
    expect(countsIn(change(run))).toEqual([['failed:47003', 1, 9]]);
    const [event] = domainEventsOf(change(run)).map((event) => eventOf(event, 'wx1'));
    expect(v.safeParse(detailSchemas['Message Failed'], event?.detail).issues).toBeUndefined();
    expect(event?.detail).toMatchObject({ to: 'b', data: { thing1: '小明，您好' }, runId: run.id });
  });

  test('of a dry run tell nothing: nobody was sent anything', () => {
    const dry = change({ ...run, dryRun: true });
    expect([namesOf(dry), countsIn(dry)]).toEqual([[], []]);
  });

  test.each(['finished', 'stopped'] as const)('a run that is %s has ended, once', (status) => {
    const ended: StreamRecord = { type: 'run', ...common(8), before: run, after: { ...run, status } };
    expect(namesOf(ended)).toEqual(['Campaign Run Finished']);
    expect(namesOf({ ...ended, before: { ...run, status } })).toEqual([]);
  });
});

describe('the ids of events', () => {
  test('are those of the events, whatever order an image has', () => {
    const idsOf = (templateIds: readonly string[]) =>
      domainEventsOf({
        type: 'ledger',
        ...common(7),
        after: ledger({ granted: 1, available: 1 }, templateIds),
      }).map((fact) => [fact.type === 'grant' && fact.key, fact.eventId]);
    expect(new Map(idsOf(['t1', 't2', 't3']).map(([key, id]) => [key, id]))).toEqual(
      new Map(idsOf(['t3', 't1', 't2']).map(([key, id]) => [key, id])),
    );
    expect(new Set(idsOf(['t1', 't2', 't3']).map(([, id]) => id)).size).toBe(3);
  });
});

describe('counting changes', () => {
  test('hands on what counts, in the order of the shard and with its checkpoint there', async () => {
    const added: [string, readonly CountedChange[]][] = [];
    const services = {
      statistics: { add: async (...one: [string, readonly CountedChange[]]) => void added.push(one) },
      batchOf: async () => undefined,
      logger: { info() {}, warn() {}, error() {} },
    };
    const records = [
      ofMessage(message('pending', 1), message('sent', 2)),
      ofMessage(message('sent', 2), message('sent', 3)),
      ofMessage(message('sent', 3), message('delivered', 4)),
    ];
    await countChanges(
      services,
      'shard',
      records.map((record, index) => ({ record, sequenceNumber: `${index}` })),
    );
    const places = added.map(([shard, changes]) => [shard, ...changes.map((one) => one.sequenceNumber)]);
    expect(places).toEqual([['shard', '0', '2']]);
  });
});

describe('taking changes in', () => {
  function useServices(refuses: (fact: DomainEvent) => boolean = () => false) {
    const published: DomainEvent[] = [];
    const measured: Measurement[] = [];
    const services: StreamServices = {
      async publish(facts) {
        published.push(...facts);
        return facts.filter(refuses);
      },
      measure: (measurement) => void measured.push(measurement),
      isPublished: (name) => name !== 'Message Sent',
      batchOf: async () => undefined,
      logger: { info() {}, warn() {}, error() {} },
    };
    return { services, published, measured };
  }
  const sent = (n: number): StreamRecord => ({
    type: 'message',
    ...common(n),
    after: message(n % 2 === 0 ? 'sent' : 'failed', n),
  });

  test('publishes what is to be published', async () => {
    const { services, published } = useServices();
    expect(await publishChanges(services, [sent(1), sent(2), sent(3)])).toBeUndefined();
    expect(published.map(({ atMs }) => atMs)).toEqual([1_000, 3_000]);
  });

  test('answers the first change that the bus did not take', async () => {
    const { services, measured } = useServices(({ atMs }) => atMs >= 5_000);
    const again = await publishChanges(services, [1, 2, 3, 4, 5, 6, 7].map(sent));
    expect(again?.id).toBe('event-5');
    // What comes again is measured then, and not twice.
    expect(
      measured.map(({ name, values, dimensions }) => [name, dimensions?.['Outcome'], ...values]),
    ).toEqual([
      ['Messages', 'failed', 2],
      ['Failures', undefined, 2],
      ['Messages', 'sent', 2],
    ]);
  });
});

describe('measuring changes', () => {
  const timed = (state: MessageState, more: Partial<Message> = {}) => ({
    ...message(state, 9_500),
    createdAtMs: 1_000,
    sendAtMs: 9_000,
    ...more,
  });

  test('sums messages by template and outcome, and those that failed by their reason', () => {
    const measured = measurementsOf([
      ofMessage(message('pending', 1), message('sent', 2)),
      ofMessage(message('pending', 1), message('failed', 2, { errcode: 47003 })),
      ofMessage(message('pending', 1), message('failed', 2, { errcode: 41030 })),
      ofMessage(message('pending', 1), message('failed', 2, { reason: 'no-grant' })),
      // Settled by an event: it was unknown once, and that stays measured.
      ofMessage(message('unknown', 1), message('delivered', 2)),
    ]);
    const sum = (name: string, more: object, by: number) => ({
      name,
      values: [by],
      dimensions: { TemplateId: T, ...more },
    });
    expect(measured).toEqual([
      sum('Messages', { Outcome: 'sent' }, 2),
      sum('Messages', { Outcome: 'failed' }, 3),
      sum('Failures', { Reason: '47003' }, 1),
      sum('Failures', { Reason: '41030' }, 1),
      sum('Failures', { Reason: 'no-grant' }, 1),
      sum('Messages', { Outcome: 'delivered' }, 1),
    ]);
  });

  test('says how late a timed message was answered, if its first attempt was', () => {
    const late = (before: Message, after: Message) =>
      measurementsOf([ofMessage(before, after)]).filter(({ name }) => name === 'Lateness');
    expect(late(timed('pending'), timed('sent'))).toEqual([{ name: 'Lateness', values: [500] }]);
    expect(late(timed('pending'), timed('sent', { attempts: 2 }))).toEqual([]);
    expect(late(timed('pending'), timed('failed'))).toEqual([]);
    expect(late(message('pending', 1), message('sent', 2))).toEqual([]);
    expect(late(timed('sent'), timed('delivered'))).toEqual([]);
  });
});
