import { describe, expect, test } from 'vitest';
import { count, groupsOf } from '../../../lib/changes/count-changes.ts';
import { countsOf } from '../../../lib/changes/counts.ts';
import { factsOf } from '../../../lib/changes/facts.ts';
import type { StatisticsWriter } from '../../../lib/changes/statistics-writer.ts';
import type { TableChange } from '../../../lib/changes/table-change.ts';
import type { Ledger, TemplateGrants } from '../../../lib/grants/ledger.ts';
import type { Message, MessageState } from '../../../lib/messages/message.ts';

const T = 'template-1';
const common = (n: number) => ({ id: `event-${n}`, sequence: BigInt(n), atMs: n * 1_000 });

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
    parked: false,
    attempts: 1,
    createdAtMs: 0,
    updatedAtMs: atMs,
    outcome: { atMs, reason: 'x', ...outcome },
  };
}

const ofMessage = (before: Message | undefined, after: Message): TableChange => ({
  type: 'message',
  ...common(7),
  ...(before && { before }),
  after,
});
const namesOf = (change: TableChange) => factsOf(change).map(({ name }) => name);
const countsIn = (change: TableChange) => countsOf(change).map(({ name, by, atMs }) => [name, by, atMs]);

describe('a change of a ledger', () => {
  test('says what was recorded and what was revoked, by template', () => {
    const before = ledger({ granted: 2, available: 2 });
    const after = ledger({ granted: 3, available: 0, epoch: 1 });
    const change: TableChange = { type: 'ledger', ...common(7), before, after };
    expect(namesOf(change)).toEqual(['Grant Recorded', 'Grant Revoked']);
    expect(factsOf(change).map(({ eventId }) => eventId)).toEqual(['event-7-0', 'event-7-1']);
    expect(countsIn(change)).toEqual([
      ['granted', 1, 7_000],
      ['available', -2, 7_000],
    ]);
  });

  test('in which a grant is set aside or claimed is no news, but moves the stock', () => {
    const before = ledger({ granted: 2, available: 2 });
    const after = ledger({ granted: 2, available: 1, held: 1 });
    const change: TableChange = { type: 'ledger', ...common(7), before, after };
    expect(namesOf(change)).toEqual([]);
    expect(countsIn(change)).toEqual([['available', -1, 7_000]]);
  });

  test('of a long-term template has no stock, and its end is told', () => {
    const before = ledger({ kind: 'long-term', granted: 1, available: 1, subscribed: true });
    const after = ledger({ kind: 'long-term', granted: 1, available: 1, subscribed: false });
    const change: TableChange = { type: 'ledger', ...common(7), before, after };
    expect(namesOf(change)).toEqual(['Grant Revoked']);
    expect(countsIn(change)).toEqual([]);
  });

  test('that erases it takes what was left out of the stock, and tells nobody', () => {
    const change: TableChange = {
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

describe('groups of changes', () => {
  const granted = (n: number, templates = 1): TableChange => ({
    type: 'ledger',
    ...common(n),
    after: ledger(
      { granted: 1, available: 1 },
      Array.from({ length: templates }, (_, index) => `t${index}`),
    ),
  });

  test('begin at the same changes when a batch comes again and has grown', () => {
    const batch = Array.from({ length: 70 }, (_, n) => granted(n));
    const firsts = (changes: readonly TableChange[]) => groupsOf(changes).map(([first]) => first?.id);
    expect(firsts(batch.slice(0, 45))).toEqual(firsts(batch).slice(0, firsts(batch.slice(0, 45)).length));
    expect(groupsOf(batch).flat()).toEqual(batch);
  });

  test('add to no more than one transaction can hold; what one change adds beyond that is counted in parts', async () => {
    const sizes: number[] = [];
    const total = new Map<string, number>();
    const writer: StatisticsWriter = {
      async add({ countsAfter }) {
        const counts = countsAfter(undefined);
        sizes.push(counts.length);
        for (const { name, by } of counts) total.set(name, (total.get(name) ?? 0) + by);
      },
    };
    const changes = [granted(1, 3), granted(2, 60), granted(3, 3)];
    for (const group of groupsOf(changes)) await count(writer, group);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(45);
    expect(total).toEqual(
      new Map([
        ['granted', 66],
        ['available', 66],
      ]),
    );
  });
});
