import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { type InstalledSample, installSample } from './compile-sample.ts';
import { messagesOf, type Played, play } from './played.ts';

/** Waits for as long as a busy machine may take. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

const PAGE = 'pages/booking/booking';
const PLATFORMS = ['ios', 'android'] as const;
const templateId = 'appointment_zznh6QxLmYCL1PjbDFwMnQ6e6nph5nT';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

let stack: Stack;
let sample: InstalledSample;
let compiled: string;
beforeAll(async () => {
  [stack, sample] = await Promise.all([
    startStack({ logger: quiet, dispatchEverySeconds: 0, settings: { USER_SENDABLE_TEMPLATES: '*' } }),
    installSample('uni-app'),
  ]);
  await sample.run('build:mp-weixin');
  compiled = join(sample.folder, 'dist/build/mp-weixin');
});
afterAll(async () => {
  await Promise.all([stack.close(), sample.remove()]);
});

let played: Played | undefined;
afterEach(() => played?.page.body.remove());
const open = (platform: 'ios' | 'android' = 'ios') => {
  played = play(stack, compiled, PAGE, platform);
  return played;
};

test.each(PLATFORMS)('%s: one tap asks, books the reminder and shows what is left', async (platform) => {
  const { openid, user, page } = open(platform);
  await eventually(page.text).toContain('还可提醒 0 次');
  page.tap('预约，并提前一小时');
  expect(user.popups).toEqual([[templateId]]);
  await eventually(page.text).toContain('好的，到店前一小时提醒您。');
  expect(await messagesOf(stack, openid)).toMatchObject([{ to: openid, templateId, page: PAGE }]);
  expect(stack.wechat!.ledger({ openid, templateId })).toMatchObject([{ granted: 1 }]);
});

test('the compiler keeps the component and puts it where the page looks for it', () => {
  const json = JSON.parse(readFileSync(join(compiled, `${PAGE}.json`), 'utf8')) as object;
  expect(json).toMatchObject({
    usingComponents: { 'subscribe-guide': '../../wxcomponents/subscribe-guide/index' },
  });
  for (const part of ['js', 'json', 'wxml', 'wxss'])
    expect(existsSync(join(compiled, `wxcomponents/subscribe-guide/index.${part}`)), part).toBe(true);
});
