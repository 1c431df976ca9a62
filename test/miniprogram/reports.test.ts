import { expect, test } from 'vitest';
import { allOf, Phone, rest } from './phone.ts';

async function accept(phone: Phone, qingniao: ReturnType<Phone['launch']>, id: string): Promise<void> {
  phone.popup = allOf([id]);
  await phone.tap(() => qingniao.subscribe([id]));
  await rest();
}

const results = (phone: Phone) => [...phone.counted.values()].map((report) => Object.keys(report.results)[0]);

test('taps without a network are kept and go out in order when it comes back', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.online = false;
  for (const id of ['a', 'b', 'c']) await accept(phone, qingniao, id);
  expect(phone.kept).toHaveLength(3);
  await expect(qingniao.start()).resolves.toBe(3);
  phone.comeOnline();
  await rest();
  expect(results(phone)).toEqual(['a', 'b', 'c']);
  expect(phone.kept).toEqual([]);
});

test('a report whose answer got lost is sent again with the same id and counts once', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  await qingniao.login();
  phone.losesAnswers = true;
  await accept(phone, qingniao, 'a');
  phone.losesAnswers = false;
  await expect(qingniao.start()).resolves.toBe(0);
  const reports = phone.requests.filter(({ path }) => path === '/v1/grants');
  expect(reports).toHaveLength(2);
  expect(reports[1]?.body).toEqual(reports[0]?.body);
  expect(phone.counted.size).toBe(1);
});

test('a tap while the queue is being sent goes out after what is before it', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.online = false;
  await accept(phone, qingniao, 'a');
  await accept(phone, qingniao, 'b');
  phone.online = true;
  const sending = qingniao.start();
  phone.popup = allOf(['c']);
  const tapping = phone.tap(() => qingniao.subscribe(['c']));
  await Promise.all([sending, tapping]);
  await rest();
  expect(results(phone)).toEqual(['a', 'b', 'c']);
  expect(phone.kept).toEqual([]);
});

test('every tap has an id of its own, also within one millisecond', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  for (let tap = 0; tap < 20; tap += 1) await accept(phone, qingniao, 'a');
  expect(phone.counted.size).toBe(20);
  for (const id of phone.counted.keys()) expect(id).toMatch(/^[\x21-\x7e]{1,128}$/);
});

test.each([400, 413, 422])(
  'a report that the service refuses for good (%i) is dropped, said so, and the next goes out',
  async (status) => {
    const phone = new Phone();
    const qingniao = phone.launch();
    await qingniao.login();
    phone.online = false;
    await accept(phone, qingniao, 'a');
    await accept(phone, qingniao, 'b');
    phone.online = true;
    phone.refusals.push({ status, body: { code: 'invalid-body', detail: 'results.a: bad' } });
    await expect(qingniao.start()).resolves.toBe(0);
    expect(results(phone)).toEqual(['b']);
    expect(phone.notes).toEqual(['Dropped: invalid-body: results.a: bad']);
  },
);

test.each([403, 404, 429, 500, 503])(
  'a report that the service cannot take now (%i) is kept',
  async (status) => {
    const phone = new Phone();
    const qingniao = phone.launch();
    await qingniao.login();
    phone.refusals.push({ status, body: '<html>gateway</html>' });
    await accept(phone, qingniao, 'a');
    expect(phone.kept).toHaveLength(1);
    await expect(qingniao.start()).resolves.toBe(0);
    expect(results(phone)).toEqual(['a']);
  },
);

test('a storage that fails keeps the reports in memory, and they still go out', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.storageFails = true;
  phone.online = false;
  await accept(phone, qingniao, 'a');
  await accept(phone, qingniao, 'b');
  phone.online = true;
  await expect(qingniao.start()).resolves.toBe(0);
  expect(results(phone)).toEqual(['a', 'b']);
});

test('a storage that recovers holds what memory held', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  phone.online = false;
  phone.storageFails = true;
  await accept(phone, qingniao, 'a');
  phone.storageFails = false;
  await accept(phone, qingniao, 'b');
  expect(phone.kept).toHaveLength(2);
});

test('what is in the storage and is no report is left alone', async () => {
  const phone = new Phone();
  phone.storage.set('qingniao:reports', [
    null,
    'text',
    { results: {} },
    { requestId: 'r1', results: { a: 'accept' } },
  ]);
  await expect(phone.launch().start()).resolves.toBe(0);
  expect([...phone.counted.keys()]).toEqual(['r1']);
});

test('two mini programs of one phone keep apart under names of their own', async () => {
  const phone = new Phone();
  phone.online = false;
  await accept(phone, phone.launch({ storageKey: 'test' }), 'a');
  expect(phone.storage.get('test:reports')).toHaveLength(1);
  expect(phone.kept).toEqual([]);
});
