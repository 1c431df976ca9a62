import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { type InstalledSample, installSample } from './compile-sample.ts';
import { type Played, play } from './played.ts';
import { eventually, PLATFORMS, type Platform, quiet, tellStory } from './story.ts';

const PAGE = 'pages/booking/booking';
const RULES = 'pages/rules/rules';

let stack: Stack;
let sample: InstalledSample;
let compiled: string;
let web: string;
beforeAll(async () => {
  [stack, sample] = await Promise.all([
    startStack({ logger: quiet, dispatchEverySeconds: 0, settings: { USER_SENDABLE_TEMPLATES: '*' } }),
    installSample('uni-app'),
  ]);
  await addRules(join(sample.folder, 'src'));
  await Promise.all(['build:mp-weixin', 'build:h5', 'type-check'].map((script) => sample.run(script)));
  compiled = join(sample.folder, 'dist/build/mp-weixin');
  web = join(sample.folder, 'dist/build/h5');
});
afterAll(async () => {
  await Promise.all([stack?.close(), sample?.remove()]);
});

/** A further page, with a button for each way to write it, in WeChat only. */
async function addRules(src: string): Promise<void> {
  await cp('test/frameworks/uni-app-rules', join(src, 'pages/rules'), { recursive: true });
  const pages = await readFile(join(src, 'pages.json'), 'utf8');
  const rules = `,\n// #ifdef MP-WEIXIN\n{ "path": "${RULES}" }\n// #endif\n`;
  await writeFile(join(src, 'pages.json'), pages.replace(/\n {2}\]\n\}\n$/, `${rules}]}`));
}

let played: Played | undefined;
afterEach(() => played?.page.body.remove());
function open(platform: Platform = 'ios', path = PAGE): Played {
  played = play(stack, compiled, path, platform);
  return played;
}

test('the compiler puts the component where the page looks for it, as the package has it', async () => {
  const json = JSON.parse(await readFile(join(compiled, `${PAGE}.json`), 'utf8')) as object;
  expect(json).toMatchObject({
    usingComponents: { 'subscribe-guide': '../../wxcomponents/subscribe-guide/index' },
  });
  const built = join(compiled, 'wxcomponents/subscribe-guide');
  const packed = join(sample.folder, 'node_modules/@qingniao/miniprogram/dist/subscribe-guide');
  const parts = await readdir(packed);
  expect(parts.toSorted()).toEqual(['index.js', 'index.json', 'index.wxml', 'index.wxss']);
  for (const part of parts)
    expect(await readFile(join(built, part), 'utf8'), part).toBe(await readFile(join(packed, part), 'utf8'));
});

tellStory(PAGE, () => stack, open);

describe('what keeps the tap in uni-app', () => {
  const KEPT = [
    'tap',
    'click',
    'over uni',
    'plan',
    'callback',
    'request',
    'helper',
    'later dialog',
    'sync within',
    'component',
  ];
  const TIMED = ['timer', 'deferred', 'deferred within', 'later request'];

  test.each(PLATFORMS.flatMap((platform) => KEPT.map((name) => [platform, name] as const)))(
    '%s: %s asks',
    async (platform, name) => {
      const { user, page } = open(platform, RULES);
      page.tap(name);
      await eventually(page.text).toContain('told: answered');
      expect(user.refusals).toEqual([]);
    },
  );

  test.each(PLATFORMS.flatMap((platform) => TIMED.map((name) => [platform, name] as const)))(
    '%s: %s has lost it to a timer',
    async (platform, name) => {
      const { user, page } = open(platform, RULES);
      page.tap(name);
      await eventually(page.text).toContain('told: not-a-tap');
      expect(user.refusals[0]).toContain('[timer]');
    },
  );

  test.each(['promise', 'await'])('android: %s asks', async (name) => {
    const { page } = open('android', RULES);
    page.tap(name);
    await eventually(page.text).toContain('told: answered');
  });

  test.each(['promise', 'await'])('ios: %s has lost it', async (name) => {
    const { user, page } = open('ios', RULES);
    page.tap(name);
    await eventually(page.text).toContain('told: not-a-tap');
    expect(user.refusals[0]).toContain('[promise]');
  });
});

test('the code of a service card comes through', async () => {
  const { page } = open('ios', RULES);
  page.emit('[open-type=liveActivity]', 'createliveactivity', { code: 'card-code' });
  await eventually(page.text).toContain('told: card-code');
});

test('on the web the page says where to book, and nothing of the module is there', async () => {
  const names = (await readdir(web, { recursive: true })).filter((name) => name.endsWith('.js'));
  const code = (await Promise.all(names.map((name) => readFile(join(web, name), 'utf8')))).join('\n');
  expect(code).toContain('到店提醒由微信发送，请在微信小程序里预约。');
  expect(code).not.toMatch(/subscribe-guide|qingniao|requestSubscribeMessage\(/);
});
