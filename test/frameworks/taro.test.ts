import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { type InstalledSample, installSample } from './compile-sample.ts';
import { type Played, play } from './played.ts';
import { eventually, PLATFORMS, type Platform, quiet, tellStory } from './story.ts';

const PAGE = 'pages/booking/index';
const RULES = 'pages/rules/rules';

let stack: Stack;
let sample: InstalledSample;
let compiled: string;
beforeAll(async () => {
  [stack, sample] = await Promise.all([
    startStack({ logger: quiet, dispatchEverySeconds: 0, settings: { USER_SENDABLE_TEMPLATES: '*' } }),
    installSample('taro'),
  ]);
  await addRules(join(sample.folder, 'src'));
  await Promise.all(['build:weapp', 'type-check'].map((script) => sample.run(script)));
  compiled = join(sample.folder, 'dist');
});
afterAll(async () => {
  await Promise.all([stack?.close(), sample?.remove()]);
});

/** A further page, with a button for each way to write it. */
async function addRules(src: string): Promise<void> {
  await cp('test/frameworks/taro-rules', join(src, 'pages/rules'), { recursive: true });
  const config = await readFile(join(src, 'app.config.ts'), 'utf8');
  await writeFile(join(src, 'app.config.ts'), config.replace(`'${PAGE}'`, `'${PAGE}', '${RULES}'`));
}

let played: Played | undefined;
afterEach(() => played?.page.body.remove());

/** Opens a page; Taro draws it a moment later. */
async function open(platform: Platform = 'ios', path = PAGE): Promise<Played> {
  played = play(stack, compiled, path, platform);
  await eventually(played.page.text).not.toBe('');
  return played;
}

test('the compiler takes the component out of the package, all of it, and the page finds it there', async () => {
  const at = 'npm/@qingniao/miniprogram/subscribe-guide';
  const json = JSON.parse(await readFile(join(compiled, `${PAGE}.json`), 'utf8')) as object;
  expect(json).toMatchObject({ usingComponents: { 'subscribe-guide': `/${at}/index` } });
  const parts = await readdir(join(compiled, at));
  expect(parts.toSorted()).toEqual(['index.js', 'index.json', 'index.wxml', 'index.wxss']);
});

test("Taro's Button knows nothing of service cards yet, as the documents say", async () => {
  const template = await readFile(join(compiled, 'base.wxml'), 'utf8');
  expect(template).toContain('bindopensetting');
  expect(template).not.toMatch(/liveactivity|activity-type/i);
});

tellStory(PAGE, () => stack, open);

describe('what keeps the tap in Taro', () => {
  const onEach = (...names: string[]) =>
    PLATFORMS.flatMap((platform) => names.map((name) => [platform, name] as const));

  test.each(onEach('tap', 'in a card'))(
    '%s: %s asks before the handler of the tap comes back',
    async (platform, name) => {
      const { user, page } = await open(platform, RULES);
      page.tap(name);
      expect(user.popups).toHaveLength(1);
      await eventually(page.text).toContain('told: answered');
    },
  );

  test.each(onEach('callback', 'request', 'helper'))('%s: %s asks', async (platform, name) => {
    const { user, page } = await open(platform, RULES);
    page.tap(name);
    await eventually(page.text).toContain('told: answered');
    expect(user.refusals).toEqual([]);
  });

  test.each(['promise', 'await', 'effect'])('android: %s asks', async (name) => {
    const { page } = await open('android', RULES);
    page.tap(name);
    await eventually(page.text).toContain('told: answered');
  });

  test.each(['promise', 'await', 'effect'])('ios: %s has lost it', async (name) => {
    const { user, page } = await open('ios', RULES);
    page.tap(name);
    await eventually(page.text).toContain('told: not-a-tap');
    expect(user.refusals[0]).toContain('[promise]');
  });

  test.each(onEach('next tick', 'timer'))('%s: %s has lost it to a timer', async (platform, name) => {
    const { user, page } = await open(platform, RULES);
    page.tap(name);
    await eventually(page.text).toContain('told: not-a-tap');
    expect(user.refusals[0]).toContain('[timer]');
  });
});
