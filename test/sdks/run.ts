// Other people's SDKs call the simulated WeChat, unchanged: their templates and sends go as at WeChat.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  startWeChatSimulator,
  type Template,
  type WeChatSimulator,
} from '../../local/wechat-simulator/index.ts';
import { runCommand } from '../../operate/command-line.ts';
import { say } from '../../operate/language.ts';
import { step } from '../deploy/steps.ts';

const USAGE = {
  name: 'test:sdks',
  about: say(
    'Has WxJava (Java, from Maven Central) and silenceper/wechat (Go) call the simulated WeChat: categories, titles, keywords, adding, listing and deleting a template, a send, service cards. Only the host is another; the SDKs are as published.',
    '用 WxJava（Java）和 silenceper/wechat（Go）原样调用模拟微信：类目、模板标题、关键词、添加、列出、删除模板，发送，以及服务卡片。',
  ),
  usages: [['']],
  options: {},
  notes: say(
    'It needs Maven with Java 17 and Go 1.19 or newer; what they fetch stays in their own caches and in node_modules.',
    '需要 Maven、Java 17 以及 Go 1.19 以上；下载的内容放在各自的缓存和 node_modules 中。',
  ),
} as const;

const HERE = import.meta.dirname;
const CACHE = join(HERE, '../../node_modules/.cache/qingniao-sdks');

/** The calls that each conversation must have made, and WeChat accepted, at least once. */
const CALLS = [
  'stable-token',
  'categories',
  'public-titles',
  'public-keywords',
  'add-template',
  'templates',
  'delete-template',
  'send',
  'set-card',
  'set-card-ext',
  'get-card',
] as const;

/** For sends: one field, so that a conversation can be told by its environment what to say. */
const TEMPLATE: Template = {
  templateId: 'sdk_notice',
  title: '服务通知',
  kind: 'one-time',
  keywords: [{ key: 'thing1', label: '事项', example: '开会' }],
};

await runCommand(USAGE, async () => {
  const startedAt = performance.now();
  await converse('silenceper/wechat', installGo, () => run('go', ['run', '.'], join(HERE, 'silenceper')));
  await converse('WxJava', installJava, (jars) =>
    run('java', ['-cp', join(jars, '*'), 'Conversation.java'], join(HERE, 'wxjava')),
  );
  process.stdout.write(`\nAll of it took ${Math.round((performance.now() - startedAt) / 1000)} s.\n`);
  return 0;
});

type Program = (environment: NodeJS.ProcessEnv) => Promise<void>;

async function converse(
  name: string,
  install: () => Promise<string>,
  programOf: (installed: string) => Program,
) {
  const installed = await step(`${name} is fetched`, install);
  const program = programOf(installed);
  await step(`${name} holds a conversation`, () => withWeChat(program));
}

/** A WeChat of its own, so that what it received is what this program sent. */
async function withWeChat(program: Program): Promise<void> {
  const wechat = await startWeChatSimulator({ templates: [TEMPLATE] });
  try {
    const openid = wechat.createUser();
    wechat.subscribe({ openid, results: { [TEMPLATE.templateId]: 'accept' } });
    await program({
      WECHAT_URL: wechat.url,
      WECHAT_APP_ID: wechat.appId,
      WECHAT_APP_SECRET: wechat.appSecret,
      OPENID: openid,
      TEMPLATE_ID: TEMPLATE.templateId,
      DATA_KEY: 'thing1',
      DATA_VALUE: '开会',
      CARD_CODE: wechat.cardCode({ openid, notifyType: 1005 }),
      ORDER_CODE: wechat.cardCode({ openid, payAmount: 9900 }),
    });
    const missing = CALLS.filter((call) => !isAccepted(wechat, call));
    if (missing.length > 0) throw new Error(`WeChat accepted none of these calls: ${missing.join(', ')}.`);
  } finally {
    await wechat.close();
  }
}

function isAccepted(wechat: WeChatSimulator, call: (typeof CALLS)[number]): boolean {
  return wechat.received({ call }).items.some(({ accepted }) => accepted);
}

/** Go keeps modules and builds in caches of its own; go.sum pins each. */
async function installGo(): Promise<string> {
  await run('go', ['build', '-o', '/dev/null', '.'], join(HERE, 'silenceper'))({});
  return HERE;
}

/** The folder of the jars that pom.xml names, fetched unless they are there already. */
async function installJava(): Promise<string> {
  const folder = join(CACHE, 'wxjava');
  const mark = join(folder, 'installed');
  const pom = join(HERE, 'wxjava/pom.xml');
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === hash) return folder;
  await rm(folder, { recursive: true, force: true });
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
  await run('mvn', ['--batch-mode', '--quiet', '--file', pom, ...goal], HERE)({});
  await writeFile(mark, hash);
  return folder;
}

/** @throws Error with all that the program printed, if it fails */
function run(program: string, args: readonly string[], cwd: string): Program {
  return async (more) => {
    try {
      await promisify(execFile)(program, args, { cwd, env: { ...process.env, ...more } });
    } catch (error) {
      if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
      const printed = `${String(error.stdout)}\n${String(error.stderr)}`.trim();
      throw new Error(printed || `${program} cannot be run: ${error.message}`, { cause: error });
    }
  };
}
