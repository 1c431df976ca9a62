import { beforeEach, describe, expect, test } from 'vitest';
import { createTemplateCatalogue, type TemplateCatalogue } from '../../../lib/templates/catalogue.ts';
import type { TemplateSource } from '../../../lib/templates/parse-template.ts';
import type { Template, TemplateStore } from '../../../lib/templates/template.ts';
import { TemplateCallError } from '../../../lib/templates/template-call-error.ts';
import { template, templateSource } from '../../support/templates.ts';

const MINUTE_MS = 60_000;

class MemoryStore implements TemplateStore {
  readonly templates = new Map<string, Template>();
  syncedAtMs: number | undefined;
  reads = 0;

  async get(templateId: string): Promise<Template | undefined> {
    this.reads++;
    return this.templates.get(templateId);
  }
  async list(): Promise<readonly Template[]> {
    return [...this.templates.values()];
  }
  async save(templates: readonly Template[], syncedAtMs: number): Promise<void> {
    for (const saved of templates) this.templates.set(saved.templateId, saved);
    this.syncedAtMs = syncedAtMs;
  }
  async lastSyncedAtMs(): Promise<number | undefined> {
    return this.syncedAtMs;
  }
}

let nowMs: number;
let lookups: number;
let warnings: string[];
let store: MemoryStore;
let atWeChat: () => Promise<readonly TemplateSource[]>;

beforeEach(() => {
  nowMs = 1_000_000_000;
  lookups = 0;
  warnings = [];
  store = new MemoryStore();
  atWeChat = async () => [
    templateSource({ templateId: 'a', title: '甲' }),
    templateSource({ templateId: 'b', title: '乙' }),
  ];
});

/** One process's catalogue; several share the store. */
function catalogue(): TemplateCatalogue {
  return createTemplateCatalogue({
    store,
    fetchTemplates: () => {
      lookups++;
      return atWeChat();
    },
    clock: () => nowMs,
    logger: { info: () => {}, warn: (message) => void warnings.push(message), error: () => {} },
  });
}

function wechatRefuses(errcode: number): void {
  atWeChat = async () => {
    throw Object.assign(new Error('refused'), {
      errcode,
      errmsg: 'reach max api daily quota limit',
      rid: 'r-1',
    });
  };
}

describe('find', () => {
  test('an id that is not stored yet is looked up at WeChat, once for all who ask at the same time', async () => {
    const templates = catalogue();
    const found = await Promise.all(['a', 'b', 'a', 'c'].map((id) => templates.find(id)));
    expect(found.map((each) => each?.title)).toEqual(['甲', '乙', '甲', undefined]);
    expect(lookups).toBe(1);
  });

  test('a stored template is found without WeChat, and then without the store for five seconds', async () => {
    await store.save([template({ templateId: 'a' })], nowMs);
    const templates = catalogue();
    await templates.find('a');
    nowMs += 4_999;
    await templates.find('a');
    expect(store.reads).toBe(1);
    nowMs += 1;
    await templates.find('a');
    expect(store.reads).toBe(2);
    expect(lookups).toBe(0);
  });

  test('unknown ids cost one lookup a minute, however many ids and processes', async () => {
    const processes = [catalogue(), catalogue()];
    for (let count = 0; count < 20; count++) {
      for (const templates of processes) expect(await templates.find(`unknown-${count}`)).toBeUndefined();
      nowMs += 2_999;
    }
    expect(lookups).toBe(1);
    nowMs += MINUTE_MS;
    await processes[1]?.find('unknown');
    expect(lookups).toBe(2);
  });

  test('a template added at WeChat is found after the pause, or at once after a sync', async () => {
    const templates = catalogue();
    await templates.find('new');
    atWeChat = async () => [templateSource({ templateId: 'new' })];
    expect(await templates.find('new')).toBeUndefined();
    await templates.sync();
    expect(await templates.find('new')).toMatchObject({ templateId: 'new' });
  });

  test.each([[''], ['x'.repeat(129)], ['a\u0000'], ['模板']])(
    '%j cannot be an id and costs nothing',
    async (id) => {
      expect(await catalogue().find(id)).toBeUndefined();
      expect({ lookups, reads: store.reads }).toEqual({ lookups: 0, reads: 0 });
    },
  );
});

describe('when WeChat cannot be asked', () => {
  test('the error carries what WeChat answered', async () => {
    wechatRefuses(45009);
    const error = await catalogue()
      .find('a')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TemplateCallError);
    expect(error).toMatchObject({
      code: 'template-lookup-failed',
      wechat: { errcode: 45009, errmsg: 'reach max api daily quota limit', rid: 'r-1' },
      message: expect.stringContaining('45009'),
    });
  });

  test('an answer to the call for the token is carried too', async () => {
    atWeChat = async () => {
      throw Object.assign(new Error('no token'), { wechat: { errcode: 40164, errmsg: 'invalid ip' } });
    };
    await expect(catalogue().find('a')).rejects.toMatchObject({
      wechat: { errcode: 40164, errmsg: 'invalid ip' },
    });
  });

  test('a refusal is not asked for again within a minute, and does not last longer', async () => {
    wechatRefuses(45009);
    const templates = catalogue();
    await expect(templates.find('a')).rejects.toThrow(TemplateCallError);
    nowMs += MINUTE_MS - 1;
    await expect(templates.find('b')).rejects.toThrow(TemplateCallError);
    expect(lookups).toBe(1);
    nowMs += 1;
    atWeChat = async () => [templateSource({ templateId: 'a' })];
    expect(await templates.find('a')).toBeDefined();
  });

  test('a sync that goes well ends the pause after a refusal', async () => {
    const templates = catalogue();
    const wechatAnswers = atWeChat;
    wechatRefuses(45009);
    await expect(templates.find('unknown')).rejects.toThrow(TemplateCallError);
    atWeChat = wechatAnswers;
    await templates.sync();
    expect(await templates.find('unknown')).toBeUndefined();
  });

  test('a failed connection is tried again after five seconds', async () => {
    atWeChat = async () => {
      throw new Error('connect ECONNREFUSED');
    };
    const templates = catalogue();
    await expect(templates.find('a')).rejects.toMatchObject({ wechat: undefined });
    nowMs += 4_999;
    await expect(templates.find('a')).rejects.toThrow(TemplateCallError);
    expect(lookups).toBe(1);
    nowMs += 1;
    await expect(templates.find('a')).rejects.toThrow(TemplateCallError);
    expect(lookups).toBe(2);
  });

  test('the list of an account without templates asks WeChat once a minute at most', async () => {
    const templates = catalogue();
    atWeChat = async () => [];
    for (let count = 0; count < 20; count++) {
      expect(await templates.list()).toEqual([]);
      nowMs += 2_999;
    }
    expect(lookups).toBe(1);
    atWeChat = async () => [templateSource({ templateId: 'a' })];
    nowMs += MINUTE_MS;
    expect(await templates.list()).toHaveLength(1);
  });

  test('what is known stays found, and a sync by hand is tried at once', async () => {
    const templates = catalogue();
    await templates.sync();
    wechatRefuses(-1);
    await expect(templates.sync()).rejects.toThrow(TemplateCallError);
    await expect(templates.sync()).rejects.toThrow(TemplateCallError);
    expect(lookups).toBe(3);
    expect(await templates.find('a')).toBeDefined();
    expect(await templates.list()).toHaveLength(2);
  });
});

describe('sync', () => {
  test('a template that WeChat no longer lists is marked, kept in the list, and not found for sending', async () => {
    const templates = catalogue();
    await templates.sync();
    expect(await templates.find('b')).toBeDefined();
    nowMs += 1_000;
    atWeChat = async () => [templateSource({ templateId: 'a', title: '甲' })];
    const listed = await templates.sync();
    expect(
      listed.map(({ template: { templateId }, warnings: said }) => [
        templateId,
        said.map(({ code }) => code),
      ]),
    ).toEqual([
      ['b', ['removed']],
      ['a', []],
    ]);
    expect(await templates.list()).toEqual(listed);
    expect(await templates.find('b')).toBeUndefined();
    expect(store.templates.get('b')).toMatchObject({ removedAtMs: nowMs, syncedAtMs: nowMs - 1_000 });
  });

  test('the first moment of absence is kept, and a template that comes back is whole again', async () => {
    const templates = catalogue();
    await templates.sync();
    atWeChat = async () => [templateSource({ templateId: 'a' })];
    await templates.sync();
    const removedAtMs = nowMs;
    nowMs += 1_000;
    await templates.sync();
    expect(store.templates.get('b')).toMatchObject({ removedAtMs });
    atWeChat = async () => [templateSource({ templateId: 'a' }), templateSource({ templateId: 'b' })];
    await templates.sync();
    expect(await templates.find('b')).not.toHaveProperty('removedAtMs');
  });

  test('an empty answer removes nothing and is logged', async () => {
    const templates = catalogue();
    await templates.sync();
    atWeChat = async () => [];
    expect(await templates.sync()).toHaveLength(2);
    expect(await templates.find('a')).toBeDefined();
    expect(warnings).toHaveLength(1);
  });

  test('a template that another process added meanwhile does not look removed', async () => {
    atWeChat = async () => {
      await store.save([template({ templateId: 'later' })], nowMs);
      return [templateSource({ templateId: 'a' })];
    };
    await catalogue().sync();
    expect(store.templates.get('later')).not.toHaveProperty('removedAtMs');
  });
});
