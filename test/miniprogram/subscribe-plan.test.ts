import { expect, test } from 'vitest';
import type { PlannedTemplate, SubscribePlanOptions } from '../../miniprogram/src/subscribe-plan.ts';
import { createSubscribeAfter, createSubscribePlan } from './built.ts';
import { ClickPhone } from './click-phone.ts';
import { allOf, Phone, rest } from './phone.ts';

const DAY_MS = 86_400_000;
const ORDER: readonly PlannedTemplate[] = ['a', 'b', 'c', 'd', 'e'].map((templateId) => ({
  templateId,
  at: ['order'],
}));
const PRICE: PlannedTemplate = { templateId: 'price', at: ['favourite'] };
const NEWS: PlannedTemplate = { templateId: 'news' };

/** A phone whose popup takes three templates, all of which its user allows. */
function openPhone(phone = new Phone()) {
  phone.baseLibrary = '3.0.0';
  phone.popup = allOf(['a', 'b', 'c', 'd', 'e', 'price', 'news']);
  /** Starts the mini program with a plan; what it kept before is there again. */
  const launch = (
    templates: readonly PlannedTemplate[],
    { longTerm = [], ...more }: Partial<SubscribePlanOptions> & { longTerm?: string[] } = {},
  ) => {
    const qingniao = phone.launch({ longTerm });
    const wx = phone.wx({ alive: true });
    return createSubscribePlan({ wx, qingniao, templates, now: () => phone.nowMs, ...more });
  };
  return { phone, launch };
}

/** The plan's taps: each is a moment, and gives what its popup was asked for. */
function tapper(phone: Phone, plan: ReturnType<typeof createSubscribePlan>) {
  return async (moment?: string) => {
    const before = phone.popups.length;
    const outcome = await phone.tap(() => plan.goodMoment(moment));
    await rest();
    return { outcome, asked: phone.popups.slice(before).flat() };
  };
}

test('the popup is asked for in the call stack of the tap', () => {
  const { phone, launch } = openPhone();
  const plan = launch(ORDER);
  phone.tap(() => {
    void plan.goodMoment('order');
    expect(phone.popups).toEqual([['a', 'b', 'c']]);
  });
});

test('what is left over is offered at the next good moment by itself, whatever its name', async () => {
  const { phone, launch } = openPhone();
  const plan = launch(ORDER);
  const tap = tapper(phone, plan);
  expect((await tap('order')).asked).toEqual(['a', 'b', 'c']);
  expect(plan.waiting()).toEqual(['d', 'e']);
  expect((await tap('anything')).asked).toEqual(['d', 'e']);
  expect(plan.waiting()).toEqual([]);
  expect(await tap('anything')).toEqual({ outcome: { type: 'skipped' }, asked: [] });
});

test('it is offered after the mini program was closed, too', async () => {
  const { phone, launch } = openPhone();
  await tapper(phone, launch(ORDER))('order');
  phone.kill();
  expect((await tapper(phone, launch(ORDER))()).asked).toEqual(['d', 'e']);
});

test('a moment asks for its own first, and fills the room with what is left over', async () => {
  const { phone, launch } = openPhone();
  const tap = tapper(phone, launch([...ORDER, PRICE]));
  await tap('order');
  expect((await tap('favourite')).asked).toEqual(['price', 'd', 'e']);
});

test('of its own, what the last tap left over comes first', async () => {
  const { phone, launch } = openPhone();
  const tap = tapper(phone, launch(ORDER));
  await tap('order');
  expect((await tap('order')).asked).toEqual(['d', 'e', 'a']);
  expect((await tap('order')).asked).toEqual(['b', 'c', 'a']);
});

test('what a moment passes over for its own is the first of the next popup, after a restart too', async () => {
  const { phone, launch } = openPhone();
  phone.baseLibrary = '2.8.2'; // one at a time
  const tap = tapper(phone, launch([PRICE, NEWS]));
  expect((await tap('favourite')).asked).toEqual(['price']);
  expect((await tap('favourite')).asked).toEqual(['price']);
  phone.kill();
  const again = tapper(phone, launch([PRICE, NEWS]));
  expect((await again('favourite')).asked).toEqual(['news']);
  expect((await again('favourite')).asked).toEqual(['price']);
});

test.each([
  ['2.8.1', 1],
  ['3.0.0', 3],
  ['3.12.1', 5],
])('base library %s: over further taps everything is asked for, %i at a time', async (version, atOnce) => {
  const { phone, launch } = openPhone();
  phone.baseLibrary = version;
  const tap = tapper(phone, launch([...ORDER, PRICE, NEWS].map(({ templateId }) => ({ templateId }))));
  const asked = new Set<string>();
  for (let taps = 0; taps < Math.ceil(7 / atOnce); taps += 1) {
    const { asked: now } = await tap();
    expect(now.length).toBeLessThanOrEqual(atOnce);
    for (const id of now) asked.add(id);
  }
  expect(asked.size).toBe(7);
});

test('a template without a moment is asked for at any, after those that have one', async () => {
  const { phone, launch } = openPhone();
  const tap = tapper(phone, launch([NEWS, PRICE]));
  expect((await tap('favourite')).asked).toEqual(['price', 'news']);
  expect((await tap('checkin')).asked).toEqual(['news']);
});

test('one-time and long-term templates are asked for at different taps', async () => {
  const { phone, launch } = openPhone();
  const tap = tapper(phone, launch(ORDER.slice(0, 3), { longTerm: ['b'] }));
  expect((await tap('order')).asked).toEqual(['a', 'c']);
  expect((await tap()).asked).toEqual(['b']);
});

test('what was refused rests for a week, and what was allowed is asked for again', async () => {
  const { phone, launch } = openPhone();
  const tap = tapper(phone, launch(ORDER.slice(0, 2)));
  phone.popup = { words: { a: 'reject', b: 'accept' } };
  await tap('order');
  expect((await tap('order')).asked).toEqual(['b']);
  await phone.pass(7 * DAY_MS - 1000);
  expect((await tap('order')).asked).toEqual(['b']);
  await phone.pass(1000);
  expect((await tap('order')).asked).toEqual(['a', 'b']);
});

test('a kept choice needs no popup, so it never rests: what is changed in the settings counts at once', async () => {
  const { phone, launch } = openPhone();
  const tap = tapper(phone, launch(ORDER.slice(0, 1)));
  phone.popup = { words: { a: 'reject' } };
  phone.setting = { mainSwitch: true, itemSettings: { a: 'reject' } };
  await tap('order');
  phone.popup = allOf(['a']);
  phone.setting = { mainSwitch: true, itemSettings: { a: 'accept' } };
  expect((await tap('order')).outcome).toMatchObject({ accepted: ['a'] });
});

test('the guide to the settings is shown once a week, not at each tap', async () => {
  const { phone, launch } = openPhone();
  phone.popup = { words: { a: 'reject' } };
  phone.setting = { mainSwitch: true, itemSettings: { a: 'reject' } };
  const tap = tapper(phone, launch(ORDER.slice(0, 1)));
  await rest(); // the settings are known from here on
  expect((await tap('order')).outcome).toMatchObject({ type: 'answered', guide: 'kept-reject' });
  expect((await tap('order')).outcome).toMatchObject({ type: 'answered', guide: undefined });
  await phone.pass(7 * DAY_MS);
  expect((await tap('order')).outcome).toMatchObject({ guide: 'kept-reject' });
});

test('with the main switch off it guides once, then leaves the user alone', async () => {
  const { phone, launch } = openPhone();
  phone.popup = { errCode: 20004, errMsg: 'requestSubscribeMessage:fail The main switch is switched off' };
  const tap = tapper(phone, launch(ORDER.slice(0, 1)));
  expect((await tap('order')).outcome).toMatchObject({ type: 'failed', guide: 'main-switch' });
  expect((await tap('order')).outcome).toEqual({ type: 'skipped' });
  phone.popup = allOf(['a']);
  expect((await tap()).outcome).toMatchObject({ accepted: ['a'] });
});

test('a page may add templates for the next good moment, and take them off', async () => {
  const { phone, launch } = openPhone();
  const plan = launch([NEWS]);
  plan.want(['d', 'e']);
  plan.drop(['e']);
  expect(plan.waiting()).toEqual(['d']);
  phone.kill();
  expect((await tapper(phone, launch([]))()).asked).toEqual(['d']);
});

test('what was left over a week ago is offered no more', async () => {
  const { phone, launch } = openPhone();
  const plan = launch(ORDER);
  await tapper(phone, plan)('order');
  await phone.pass(7 * DAY_MS);
  expect(plan.waiting()).toEqual([]);
  expect((await tapper(phone, plan)()).outcome).toEqual({ type: 'skipped' });
  await tapper(phone, plan)('order'); // left over anew
  expect((await tapper(phone, plan)()).asked).toEqual(['d', 'e']);
});

test.each([
  ['in the background', { errCode: 10005, errMsg: 'requestSubscribeMessage:fail' }],
  ['without a network', { errCode: 10002, errMsg: 'requestSubscribeMessage:fail' }],
])('what could not be asked %s is asked at the next good moment', async (_, failure) => {
  const { phone, launch } = openPhone();
  const plan = launch(ORDER.slice(0, 2));
  const tap = tapper(phone, plan);
  phone.popup = failure;
  expect((await tap('order')).outcome).toMatchObject({ type: 'failed' });
  phone.popup = allOf(['a', 'b']);
  expect((await tap('favourite')).asked).toEqual(['a', 'b']);
});

test('a lost tap loses nothing', async () => {
  const { phone, launch } = openPhone();
  const plan = launch(ORDER.slice(0, 2));
  await expect(plan.goodMoment('order')).resolves.toMatchObject({ error: { code: 'not-a-tap' } });
  expect((await tapper(phone, plan)()).asked).toEqual(['a', 'b']);
});

test('an id that WeChat does not know does not spoil the next popup', async () => {
  const { phone, launch } = openPhone();
  const plan = launch([PRICE]);
  plan.want(['gone']);
  const tap = tapper(phone, plan);
  phone.popup = { errCode: 20001, errMsg: 'requestSubscribeMessage:fail No template data return' };
  expect((await tap('favourite')).asked).toEqual(['price', 'gone']);
  phone.popup = allOf(['price']);
  expect((await tap('favourite')).asked).toEqual(['price']);
});

test('a double tap asks once and leaves nothing over', async () => {
  const { phone, launch } = openPhone();
  const plan = launch(ORDER.slice(0, 2));
  const [first, second] = await Promise.all([
    phone.tap(() => plan.goodMoment('order')),
    phone.tap(() => plan.goodMoment('order')),
  ]);
  expect(first).toMatchObject({ type: 'answered' });
  expect(second).toMatchObject({ type: 'failed', error: { code: 'in-flight' } });
  expect(plan.waiting()).toEqual([]);
});

test('a template that was dropped for its title is asked for by itself', async () => {
  const { phone, launch } = openPhone();
  const tap = tapper(phone, launch(ORDER.slice(0, 2)));
  phone.popup = { words: { a: 'accept', b: 'filter' } };
  await tap('order');
  expect((await tap('favourite')).asked).toEqual(['b']);
});

test('a storage that fails stops no popup, and what it holds is joined when it can be read', async () => {
  const { phone, launch } = openPhone();
  await tapper(phone, launch(ORDER))('order');
  phone.storageFails = true;
  const plan = launch([PRICE]);
  const tap = tapper(phone, plan);
  expect((await tap('favourite')).asked).toEqual(['price']);
  phone.storageFails = false;
  expect((await tap('favourite')).asked).toEqual(['price', 'd', 'e']);
});

test.each([['rubbish'], [{ left: 'x', rests: [1] }], [{ left: { a: 'soon' } }], [null], [42]])(
  'what is stored may be anything: %j',
  async (stored) => {
    const { phone, launch } = openPhone();
    phone.storage.set('qingniao:plan', stored);
    expect((await tapper(phone, launch([PRICE]))('favourite')).asked).toEqual(['price']);
  },
);

test('a good moment may be in the callback of a payment', async () => {
  const phone = new ClickPhone('ios');
  openPhone(phone);
  const { wx, qingniao } = phone.open();
  const plan = createSubscribePlan({ wx: phone.wx({ alive: true }), qingniao, templates: ORDER });
  const subscribeAfter = createSubscribeAfter({ wx, qingniao });
  await expect(
    phone.tap(() => subscribeAfter('requestPayment', {}, () => plan.goodMoment('order'))),
  ).resolves.toMatchObject({ type: 'answered', accepted: ['a', 'b', 'c'] });
  await expect(
    phone.tap(() => subscribeAfter('showModal', {}, () => plan.goodMoment())),
  ).resolves.toMatchObject({ type: 'answered', accepted: ['d', 'e'] });
  await expect(phone.tap(() => subscribeAfter('showModal', {}, () => plan.goodMoment()))).resolves.toEqual({
    type: 'skipped',
  });
});

test('a base library without a popup is told of as it is', async () => {
  const { phone, launch } = openPhone();
  phone.baseLibrary = '2.4.3';
  expect((await tapper(phone, launch(ORDER))('order')).outcome).toMatchObject({
    error: { code: 'unsupported' },
  });
});
