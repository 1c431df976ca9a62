import { describe, expect, test } from 'vitest';
import { addTemplate } from '../../../lib/templates/add-template.ts';
import { TemplateCallError } from '../../../lib/templates/template-call-error.ts';
import { listKeywords, listTitles } from '../../../lib/templates/template-library.ts';

const titleOf = (index: number) => ({ tid: String(index), title: `标题${index}`, type: 2, categoryId: '1' });

/** A library of so many titles that gives at most 30 at a time, and counts how often it is asked. */
function libraryOf(size: number, count = size) {
  const starts: number[] = [];
  return {
    starts,
    async titles({ start }: { start: number }) {
      starts.push(start);
      const titles = Array.from({ length: Math.max(0, Math.min(30, size - start)) }, (_, i) =>
        titleOf(start + i),
      );
      return { count, titles };
    },
  };
}

const list = (library: ReturnType<typeof libraryOf>, start: number, limit: number) =>
  listTitles(library, { categoryIds: ['1'], start, limit });

describe('titles', () => {
  test.each([
    [0, 0, 50, 0, undefined],
    [70, 0, 50, 50, 50],
    [70, 50, 50, 20, undefined],
    [70, 0, 70, 70, undefined],
    [70, 0, 200, 70, undefined],
    [90, 0, 60, 60, 60],
    [5, 0, 2, 2, 2],
    [5, 4, 2, 1, undefined],
    [5, 9, 2, 0, undefined],
  ])('of %i, from %i at most %i are %i, and then from %s on', async (size, start, limit, found, next) => {
    const result = await list(libraryOf(size), start, limit);
    expect(result.titles.map(({ tid }) => tid)).toEqual(
      Array.from({ length: found }, (_, i) => String(start + i)),
    );
    expect(result.next).toBe(next);
  });

  test('are asked for no further than the page goes', async () => {
    const library = libraryOf(300);
    await list(library, 10, 60);
    expect(library.starts).toEqual([10, 40]);
  });

  test('end where WeChat gives none, whatever it counts', async () => {
    const library = libraryOf(35, 1000);
    expect((await list(library, 0, 200)).titles).toHaveLength(35);
    expect(library.starts).toEqual([0, 30, 35]);
  });

  test('of a type that is not known pass', async () => {
    const titles = async () => ({
      count: 2,
      titles: [
        { ...titleOf(1), type: '3' },
        { ...titleOf(2), type: 9 },
      ],
    });
    const result = await listTitles({ titles }, { categoryIds: ['1'], start: 0, limit: 50 });
    expect(result.titles.map(({ kind }) => kind)).toEqual(['long-term', 'unknown']);
  });
});

test('a keyword of a kind that is not known passes', async () => {
  const keywords = async () => [
    { keywordId: 1, name: '金额', example: '1元', rule: 'amount' },
    { keywordId: 2, name: '表情', example: '😀', rule: 'emoji' },
  ];
  expect((await listKeywords({ keywords }, '1')).map(({ kind }) => kind)).toEqual(['amount', 'unknown']);
});

describe('adding', () => {
  const ORDER = { tid: '1', keywordIds: [1, 2] };
  /** WeChat's list has the template from this reading on. */
  function world(listedFrom: number, sync: () => Promise<void> = async () => {}) {
    let readings = 0;
    return {
      readings: () => readings,
      library: { add: async () => 'tpl' },
      store: {
        get: async () => (readings >= listedFrom ? ({ templateId: 'tpl' } as never) : undefined),
      },
      sync: async () => {
        readings++;
        await sync();
      },
    };
  }

  test.each([
    [0, 0, 'added'],
    [1, 1, 'added'],
    [2, 2, 'added'],
    [3, 2, 'unread'],
  ])('what is listed from reading %i on takes %i and is %s', async (from, readings, type) => {
    const w = world(from);
    expect(await addTemplate(w, ORDER)).toEqual({ type, templateId: 'tpl' });
    expect(w.readings()).toBe(readings);
  });

  test('names what was added where the list cannot be read', async () => {
    const error = new TemplateCallError(new Error('no'));
    const w = world(1, async () => {
      throw error;
    });
    expect(await addTemplate({ ...w, store: { get: async () => undefined } }, ORDER)).toEqual({
      type: 'unread',
      templateId: 'tpl',
      error,
    });
  });

  test('what WeChat refuses is thrown', async () => {
    const add = async () => {
      throw new TemplateCallError(new Error('no'));
    };
    await expect(addTemplate({ ...world(0), library: { add } }, ORDER)).rejects.toThrow(TemplateCallError);
  });
});
