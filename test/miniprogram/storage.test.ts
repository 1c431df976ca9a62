import { expect, test } from 'vitest';
import { allOf, Phone, rest } from './phone.ts';

const kept = (requestId: string) => ({ requestId, results: { [requestId]: 'accept' }, silent: [] });

/** A phone without a network that keeps two reports of an earlier launch. */
function withTwoKept() {
  const phone = new Phone();
  phone.online = false;
  phone.storage.set('qingniao:reports', [kept('r1'), kept('r2')]);
  return phone;
}

async function accept(phone: Phone, qingniao: ReturnType<Phone['launch']>): Promise<void> {
  phone.popup = allOf(['c']);
  await phone.tap(() => qingniao.subscribe(['c']));
  await rest();
}

const templates = (phone: Phone) =>
  [...phone.counted.values()].flatMap(({ results }) => Object.keys(results));

test.each(['throws', 'empty', 'rubbish'] as const)(
  'a read that %s once, whichever of the first ones it is, wipes no kept report',
  async (bad) => {
    for (let before = 0; before < 8; before += 1) {
      const phone = withTwoKept();
      const good = Array.from({ length: before }, () => 'good' as const);
      phone.badReads.push(...good, bad);
      const qingniao = phone.launch();
      await accept(phone, qingniao);
      expect(phone.kept).toHaveLength(3);
      phone.kill();
      phone.badReads.length = 0;
      phone.online = true;
      await expect(phone.launch().start()).resolves.toBe(0);
      expect(templates(phone)).toEqual(['r1', 'r2', 'c']);
      expect(phone.kept).toEqual([]);
    }
  },
);

test('a start whose first read comes back empty still sends what is kept', async () => {
  const phone = withTwoKept();
  phone.online = true;
  phone.badReads.push('empty');
  await expect(phone.launch().start()).resolves.toBe(0);
  expect(templates(phone)).toEqual(['r1', 'r2']);
});

test('while nothing can be read, nothing is written, and what memory holds goes out', async () => {
  const phone = withTwoKept();
  phone.badReads.push(...Array.from({ length: 50 }, () => 'throws' as const));
  const qingniao = phone.launch();
  await accept(phone, qingniao);
  expect(phone.kept).toHaveLength(2);
  phone.online = true;
  await expect(qingniao.start()).resolves.toBe(0);
  expect(templates(phone)).toEqual(['c']);
  expect(phone.kept).toHaveLength(2);
  phone.badReads.length = 0;
  await expect(qingniao.start()).resolves.toBe(0);
  expect(templates(phone)).toEqual(['c', 'r1', 'r2']);
  expect(phone.kept).toEqual([]);
});

test('what could be read only later is joined with what came meanwhile, once each', async () => {
  const phone = withTwoKept();
  phone.badReads.push(...Array.from({ length: 50 }, () => 'throws' as const));
  const qingniao = phone.launch();
  await accept(phone, qingniao);
  phone.badReads.length = 0;
  await expect(qingniao.start()).resolves.toBe(3);
  expect(phone.kept).toHaveLength(3);
  await expect(qingniao.start()).resolves.toBe(3);
  expect(phone.kept).toHaveLength(3);
});

test('a read that throws after the first good one stops no write', async () => {
  const phone = withTwoKept();
  const qingniao = phone.launch();
  await qingniao.start();
  phone.badReads.push(...Array.from({ length: 50 }, () => 'throws' as const));
  await accept(phone, qingniao);
  expect(phone.kept).toHaveLength(3);
});

test('a write that fails is made good at the next occasion', async () => {
  const phone = new Phone();
  phone.online = false;
  const qingniao = phone.launch();
  phone.storageFails = true;
  await accept(phone, qingniao);
  expect(phone.kept).toEqual([]);
  phone.storageFails = false;
  await expect(qingniao.start()).resolves.toBe(1);
  expect(phone.kept).toHaveLength(1);
});

test('a count that the storage could not note is sent again by the next launch, under its id', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.online = false;
  await accept(phone, qingniao);
  phone.online = true;
  phone.writesFail = true;
  await expect(qingniao.start()).resolves.toBe(0);
  await expect(qingniao.start()).resolves.toBe(0);
  expect(phone.requests.filter(({ path }) => path === '/v1/grants')).toHaveLength(1);
  expect(phone.kept).toHaveLength(1);
  phone.kill();
  phone.writesFail = false;
  await expect(phone.launch().start()).resolves.toBe(0);
  expect(phone.counted.size).toBe(1);
  expect(phone.kept).toEqual([]);
});

test('two copies of the module, as in an independent subpackage, lose no report of each other', async () => {
  const phone = new Phone();
  phone.online = false;
  const one = phone.launch();
  const other = phone.launch();
  await accept(phone, one);
  await accept(phone, other);
  expect(phone.kept).toHaveLength(2);
  phone.online = true;
  await expect(one.start()).resolves.toBe(0);
  await expect(other.start()).resolves.toBe(0);
  expect(phone.counted.size).toBe(2);
  expect(phone.kept).toEqual([]);
});

test.each([undefined, null, '', 'text', 7, {}, { length: 2 }, [null, 'text', {}, { requestId: 7 }]])(
  'what the storage holds in the place of reports (%j) is none, and the next tap is kept',
  async (stored) => {
    const phone = new Phone();
    phone.online = false;
    phone.storage.set('qingniao:reports', stored);
    await accept(phone, phone.launch());
    expect(phone.kept).toHaveLength(1);
  },
);
