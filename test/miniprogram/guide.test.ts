import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { openMiniApp, type ShownPage } from './mini-app.ts';

/** Waits for as long as a busy machine may take. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

const { sample } = inject('installed');

/** A page that shows nothing but the guide. */
const HOST = {
  'app.js': 'App({});',
  'app.json': '{"pages": ["host"]}',
  'host.json': '{"usingComponents": {"subscribe-guide": "@qingniao/miniprogram/subscribe-guide/index"}}',
  'host.wxml': `<subscribe-guide show="{{show}}" reason="{{reason}}" lang="{{lang}}" templates="{{templates}}"
    bind:done="done" bind:close="close" />`,
  'host.js': `Page({
    data: { show: true, reason: 'main-switch', lang: 'zh', templates: ['a'], events: [] },
    done(event) { this.setData({ events: this.data.events.concat({ done: event.detail }) }); },
    close() { this.setData({ events: this.data.events.concat('close'), show: false }); },
    change(data) { this.setData(data); },
  });`,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qingniao-guide-'));
  for (const [name, text] of Object.entries(HOST)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'miniprogram_npm'));
  symlinkSync(join(sample, 'miniprogram_npm/@qingniao'), join(folder, 'miniprogram_npm/@qingniao'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let page: ShownPage;
afterEach(() => page.body.remove());

function show(setting?: { mainSwitch: boolean; itemSettings?: Record<string, string> }) {
  const getSetting = ({ success }: { success(answer: object): void }) =>
    success(setting ? { subscriptionsSetting: setting } : {});
  page = openMiniApp(folder, { getSetting }).show('host');
  return page;
}

test('it names the reason and the way in both languages', async () => {
  show();
  expect(page.text()).toContain('订阅消息已关闭');
  page.set({ reason: 'kept-reject' });
  expect(page.text()).toContain('总是保持以上选择，不再询问');
  page.set({ lang: 'en' });
  expect(page.text()).toContain('This reminder is declined');
  page.set({ reason: 'main-switch' });
  expect(page.text()).toContain('Messages are off');
});

test('nothing is on the screen while it is not to be seen', () => {
  show();
  page.set({ show: false });
  expect(page.text()).toBe('');
  page.set({ show: true });
  expect(page.text()).toContain('去设置');
});

test('its button opens the settings page, and its panel is a dialog with a name', () => {
  show();
  const button = page.body.querySelector('button + button');
  expect(button?.getAttribute('open-type')).toBe('openSetting');
  const panel = page.body.querySelector('[aria-role]');
  expect(panel?.getAttribute('aria-role')).toBe('dialog');
  expect(panel?.getAttribute('aria-label')).toBe('订阅消息已关闭');
});

test.each([
  ['all is on', { mainSwitch: true }, true],
  ['the template is accepted', { mainSwitch: true, itemSettings: { a: 'accept' } }, true],
  ['another is declined', { mainSwitch: true, itemSettings: { b: 'reject' } }, true],
  ['the template is still declined', { mainSwitch: true, itemSettings: { a: 'reject' } }, false],
  ['the main switch is still off', { mainSwitch: false }, false],
  ['the client does not tell', undefined, false],
])('back from the settings it tells the page whether it may ask again: %s', async (_, setting, allowed) => {
  show(setting);
  page.emit('[open-type=openSetting]', 'opensetting', {});
  await eventually(() => page.data()['events']).toEqual([{ done: { allowed } }]);
});

test('"not now" closes it', async () => {
  show();
  page.tap('暂不');
  await eventually(() => page.data()['events']).toEqual(['close']);
  expect(page.text()).toBe('');
});

test('the page behind does not scroll: the mask keeps the movement', () => {
  show();
  expect(() => page.emit('subscribe-guide > view', 'touchmove', {})).not.toThrow();
});
