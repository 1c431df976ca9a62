import { beforeEach, describe, expect, test } from 'vitest';
import { type DeleteTemplateServices, deleteTemplate } from '../../../lib/templates/delete-template.ts';
import type { Template } from '../../../lib/templates/template.ts';
import { TemplateCallError } from '../../../lib/templates/template-call-error.ts';

const T = 'tpl';
const refusal = (errcode: number) => new TemplateCallError({ errcode, errmsg: 'no' });

let nowMs: number;
/** How long a look at one page of users takes. */
let pageMs: number;
let stored: Partial<Template> | undefined;
/** Users by page, each with one waiting message. */
let pages: string[][];
let atWeChat: string[];
let deletion: () => void;
let steps: string[];

beforeEach(() => {
  nowMs = 0;
  pageMs = 10;
  stored = { templateId: T };
  pages = [[], ['a', 'b'], [], ['c']];
  atWeChat = [T];
  deletion = () => {
    atWeChat = [];
  };
  steps = [];
});

const services: DeleteTemplateServices = {
  library: {
    delete: async () => {
      steps.push('delete');
      deletion();
    },
    templateIds: async () => atWeChat,
  },
  catalogue: {
    find: async () => undefined,
    markRemoved: async (_, { isDone }) => void steps.push(isDone ? 'done' : 'removed'),
  },
  store: { get: async () => stored as Template | undefined },
  removeAlias: async () => void steps.push('alias'),
  clock: () => nowMs,
  dependants: {
    async pendingMessages(_, after = '0') {
      nowMs += pageMs;
      const page = Number(after);
      const items = (pages[page] ?? []).map((openid) => ({ id: `m-${openid}`, openid }));
      return { items, ...(page + 1 < pages.length && { next: String(page + 1) }) };
    },
    async cancelMessages(openid) {
      steps.push(`cancel ${openid}`);
      return 1;
    },
    campaignsInUse: async () => [],
    async endCampaigns() {
      steps.push('campaigns');
      return [{ id: 'cmp_1', name: '周会' }];
    },
  },
};

const remove = (force: boolean, after?: string) =>
  deleteTemplate(services, { templateId: T, force, ...(after !== undefined && { after }) });

describe('without force', () => {
  test('what is used is left alone, wherever its first message is found', async () => {
    expect(await remove(false)).toMatchObject({ type: 'in-use', isSure: true, messageIds: ['m-a', 'm-b'] });
    pages = [[], [], [], ['c']];
    expect(await remove(false)).toMatchObject({ messageIds: ['m-c'] });
    expect(steps).toEqual([]);
  });

  test('campaigns that need it are named with the messages that are found soon', async () => {
    const cmp = { id: 'cmp_1', name: '周会' };
    const inUse = async (userPages: string[][]) => {
      pages = userPages;
      const dependants = { ...services.dependants, campaignsInUse: async () => [cmp] };
      return deleteTemplate({ ...services, dependants }, { templateId: T, force: false });
    };
    expect(await inUse([[], ['a']])).toMatchObject({ messageIds: ['m-a'], campaigns: [cmp] });
    expect(await inUse([[]])).toMatchObject({ isSure: true, messageIds: [], campaigns: [cmp] });
    pageMs = 1_000;
    const sinceMs = nowMs;
    expect(await inUse(Array.from({ length: 100 }, () => []))).toMatchObject({
      isSure: true,
      campaigns: [cmp],
    });
    expect(nowMs - sinceMs).toBe(3_000);
    expect(steps).toEqual([]);
  });

  test('what nobody uses is deleted, then forgotten', async () => {
    pages = [[], []];
    expect(await remove(false)).toEqual({ type: 'deleted', messages: 0, campaigns: [] });
    expect(steps).toEqual(['delete', 'removed', 'alias', 'done']);
  });

  test('it is left alone, too, where there is no time to look through all users', async () => {
    pages = Array.from({ length: 100 }, () => []);
    pageMs = 1_000;
    expect(await remove(false)).toMatchObject({ type: 'in-use', isSure: false });
    expect([steps, nowMs]).toEqual([[], 15_000]);
  });
});

describe('with force', () => {
  test('WeChat comes first, and a deletion that it refuses ends nothing', async () => {
    expect(await remove(true)).toMatchObject({ messages: 3, campaigns: [{ id: 'cmp_1' }] });
    expect(steps).toEqual([
      'delete',
      'removed',
      'campaigns',
      'cancel a',
      'cancel b',
      'cancel c',
      'alias',
      'done',
    ]);
    steps = [];
    atWeChat = [T];
    deletion = () => {
      throw refusal(20001);
    };
    await expect(remove(true)).rejects.toThrow('20001');
    expect(steps).toEqual(['delete']);
  });

  test('what takes too long for one call goes on with the next', async () => {
    pageMs = 10_000;
    const first = await remove(true);
    expect(first).toMatchObject({ type: 'deleted', messages: 2, next: '2' });
    expect(steps).not.toContain('done');
    stored = { templateId: T, removedAtMs: 1 };
    steps = [];
    expect(await remove(true, '2')).toMatchObject({ messages: 1 });
    expect(steps).toEqual(['removed', 'campaigns', 'cancel c', 'alias', 'done']);
  });
});

describe('a refusal', () => {
  test('counts as success where WeChat does not list the template: it was deleted before', async () => {
    pages = [[]];
    deletion = () => {
      atWeChat = [];
      throw refusal(20002);
    };
    expect(await remove(false)).toMatchObject({ type: 'deleted' });
  });

  test('no answer is no success', async () => {
    pages = [[]];
    atWeChat = [];
    deletion = () => {
      throw new TemplateCallError(new Error('gone'));
    };
    await expect(remove(false)).rejects.toThrow(TemplateCallError);
    expect(steps).toEqual(['delete']);
  });
});

test('a template that nobody knows is not found', async () => {
  stored = undefined;
  expect(await remove(true)).toEqual({ type: 'not-found' });
});
