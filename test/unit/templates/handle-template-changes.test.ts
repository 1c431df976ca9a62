import { beforeEach, describe, expect, test } from 'vitest';
import { createTemplateCatalogue } from '../../../lib/templates/catalogue.ts';
import { type DueMessage, syncAndHandleChanges } from '../../../lib/templates/handle-template-changes.ts';
import type { TemplateSource } from '../../../lib/templates/parse-template.ts';
import type { Template } from '../../../lib/templates/template.ts';
import { withWarnings } from '../../../lib/templates/template-warnings.ts';
import { templateSource } from '../../support/templates.ts';

const DAY_MS = 86_400_000;
const GOOD = { thing1: '苹果', date2: '2026-01-31', amount3: '1' };

let nowMs: number;
let atWeChat: TemplateSource[];
let booked: DueMessage[];
let paused: string[];
let searches: number;
let stored: Map<string, Template>;

beforeEach(() => {
  nowMs = Date.UTC(2026, 11, 1);
  atWeChat = [templateSource({ templateId: 'a' })];
  booked = [];
  paused = [];
  searches = 0;
  stored = new Map();
});

/** What one day's sync finds. */
async function sync() {
  nowMs += DAY_MS;
  const clock = () => nowMs;
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const store = {
    get: async (id: string) => stored.get(id),
    list: async () => [...stored.values()],
    save: async (templates: readonly Template[]) => {
      for (const template of templates) stored.set(template.templateId, template);
    },
    lastSyncedAtMs: async () => nowMs,
  };
  const catalogue = createTemplateCatalogue({ store, fetchTemplates: async () => atWeChat, clock, logger });
  const users = {
    async *dueMessages(ids: readonly string[]) {
      searches++;
      yield* booked.filter(({ templateId }) => ids.includes(templateId));
    },
    async pauseCampaigns(templateId: string) {
      paused.push(templateId);
      return [{ id: 'cmp_1', name: '周会' }];
    },
  };
  return syncAndHandleChanges({ catalogue, store, dependants: users, clock, logger });
}

const message = (id: string, sendAtMs: number, data: Record<string, string> = GOOD): DueMessage => ({
  id,
  templateId: 'a',
  data,
  sendAtMs,
});
const withField = (key: string) =>
  templateSource({ templateId: 'a', content: `${templateSource().content}备注:{{${key}.DATA}}\n` });
const codes = () => withWarnings([stored.get('a')!])[0]!.warnings.map(({ code }) => code);

test('a quiet day looks for nothing and pauses nothing', async () => {
  expect(await sync()).toEqual({ added: ['a'], changed: [], removed: [] });
  expect(await sync()).toEqual({ added: [], changed: [], removed: [] });
  expect([searches, paused]).toEqual([0, []]);
});

describe('a template with other fields', () => {
  test('pauses its campaigns once, and is told for thirty days', async () => {
    await sync();
    atWeChat = [withField('thing4')];
    expect((await sync()).changed).toEqual(['a']);
    for (let day = 1; day < 30; day++) await sync();
    expect([paused, codes()]).toEqual([['a'], ['fields-changed']]);
    await sync();
    expect([paused, codes(), stored.get('a')?.usedBy]).toEqual([['a'], [], undefined]);
  });

  test('is told for as long as a booked message does not fit, soonest first', async () => {
    await sync();
    booked = [message('late', 9), message('fits', 5, { ...GOOD, thing4: '好' }), message('soon', 1)];
    atWeChat = [withField('thing4')];
    await sync();
    expect(stored.get('a')?.usedBy).toMatchObject({ messages: 2, messageIds: ['soon', 'late'] });
    for (let day = 0; day < 40; day++) await sync();
    expect(codes()).toEqual(['fields-changed']);
    booked = [];
    await sync();
    await sync();
    expect(codes()).toEqual([]);
  });

  test('names a hundred of very many', async () => {
    await sync();
    booked = Array.from({ length: 5_000 }, (_, index) => message(`m${index}`, 5_000 - index));
    atWeChat = [withField('thing4')];
    await sync();
    const { messages, messageIds } = stored.get('a')?.usedBy ?? { messages: 0, messageIds: [] };
    expect([messages, messageIds.length, messageIds[0]]).toEqual([5_000, 100, 'm4999']);
  });

  test('changed twice pauses twice', async () => {
    await sync();
    atWeChat = [withField('thing4')];
    await sync();
    atWeChat = [withField('number4')];
    expect((await sync()).changed).toEqual(['a']);
    expect(paused).toEqual(['a', 'a']);
    expect(stored.get('a')?.changed?.before).toEqual(['thing1', 'date2', 'amount3', 'thing4']);
  });

  test('is no other for its title, labels, examples and order', async () => {
    await sync();
    const lines = templateSource().content.trim().split('\n').toReversed();
    atWeChat = [
      templateSource({
        templateId: 'a',
        title: '新',
        content: lines.join('\n').replaceAll(':', '：'),
        example: '',
      }),
    ];
    expect((await sync()).changed).toEqual([]);
    expect(stored.get('a')?.title).toBe('新');
  });
});

describe('a template that vanished', () => {
  test('pauses its campaigns at each sync while there are any', async () => {
    await sync();
    atWeChat = [templateSource({ templateId: 'b', title: '别的' })];
    expect(await sync()).toEqual({ added: ['b'], changed: [], removed: ['a'] });
    await sync();
    expect(paused).toEqual(['a', 'a']);
  });

  test('and comes back is as good as new', async () => {
    await sync();
    const both = [...atWeChat, templateSource({ templateId: 'b', title: '别的' })];
    atWeChat = both.slice(1);
    await sync();
    atWeChat = both;
    expect((await sync()).added).toEqual(['a']);
    expect([codes(), stored.get('a')?.usedBy]).toEqual([[], undefined]);
  });
});
