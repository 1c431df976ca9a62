import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'acorn';
import { expect, inject, onTestFinished, test } from 'vitest';
import * as source from '../../miniprogram/src/index.ts';
import { allOf, Phone, rest } from './phone.ts';

const installed = inject('installed');
const SCRIPTS = [
  'index.js',
  'card-code.js',
  'stand-in.js',
  'subscribe-after.js',
  'subscribe-device.js',
  'subscribe-plan.js',
  'subscribe-guide/index.js',
];
/** What is imported, each below `dist` and, for those who import it, below `esm`. */
const MODULES = SCRIPTS.filter((name) => !name.includes('/'));
const BUDGET_BYTES = 8 * 1024;

const dist = (name: string) => readFile(join(installed.package, 'dist', name), 'utf8');

test.each(SCRIPTS)('%s is ECMAScript 5 and nothing newer', async (name) => {
  const code = await dist(name);
  expect(() => parse(code, { ecmaVersion: 5 })).not.toThrow();
});

test.each(MODULES)('of newer syntax, esm/%s has its exports only', async (name) => {
  const code = await readFile(join(installed.package, 'esm', name), 'utf8');
  const [exported = ''] = /export\{[^}]*\};?$/.exec(code) ?? [];
  expect(exported).not.toBe('');
  expect(() => parse(code.slice(0, -exported.length), { ecmaVersion: 5 })).not.toThrow();
});

test('the ES5 parser would notice', () => {
  for (const newer of ['const a = 1', 'var f = () => 1', 'var a = `b`', 'f(...a)', 'a?.b', 'class A {}']) {
    expect(() => parse(newer, { ecmaVersion: 5 }), newer).toThrow();
  }
});

test.each(MODULES)('%s is below 8 KB; what pages take when they need it stands apart', async (name) => {
  expect(Buffer.byteLength(await dist(name))).toBeLessThan(BUDGET_BYTES);
});

test('the package has no dependency, and names the folder that "build npm" takes', async () => {
  const manifest = JSON.parse(await readFile(join(installed.package, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  expect(manifest['dependencies']).toBeUndefined();
  expect(manifest['peerDependencies']).toBeUndefined();
  expect(manifest).toMatchObject({ main: 'dist/index.js', miniprogram: 'dist', types: 'types/index.d.ts' });
  expect((await readdir(installed.package)).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'card-code.js',
    'dist',
    'esm',
    'package.json',
    'src',
    'stand-in.js',
    'subscribe-after.js',
    'subscribe-device.js',
    'subscribe-guide',
    'subscribe-plan.js',
    'types',
  ]);
});

test('"build npm" puts module, stand-in and component where the sample requires them', async () => {
  const laidOut = join(installed.sample, 'miniprogram_npm/@qingniao/miniprogram');
  expect((await readdir(laidOut, { recursive: true })).toSorted()).toEqual([
    'card-code.js',
    'index.js',
    'stand-in.js',
    'subscribe-after.js',
    'subscribe-device.js',
    'subscribe-guide',
    'subscribe-guide/index.js',
    'subscribe-guide/index.json',
    'subscribe-guide/index.wxml',
    'subscribe-guide/index.wxss',
    'subscribe-plan.js',
  ]);
});

test.each([
  [
    'require',
    async () => createRequire(join(installed.sample, 'app.js'))('@qingniao/miniprogram') as unknown,
  ],
  ['import', () => import(pathToFileURL(join(installed.package, 'esm/index.js')).href) as Promise<unknown>],
])('what %s gives exports what the source exports and works the same', async (_, load) => {
  const built = (await load()) as typeof source;
  expect(Object.keys(built).toSorted()).toEqual(Object.keys(source).toSorted());
  const phone = new Phone();
  phone.popup = allOf(['a', 'b']);
  const qingniao = built.createQingniao({
    wx: phone.wx({ alive: true }),
    transport: { sessions: true, send: (request) => phone.serve(request) },
    now: () => phone.nowMs,
  });
  const outcome = await phone.tap(() => qingniao.subscribe(['a', 'b']));
  expect(outcome).toMatchObject({ type: 'answered', accepted: ['a', 'b'] });
  await rest();
  expect(phone.counted.size).toBe(1);
  phone.refusals.push({ status: 409, body: { code: 'no-grant', detail: 'None left.' } });
  const error = await qingniao.remaining('a').catch((thrown: unknown) => thrown);
  expect(built.isServiceError(error) && error.code).toBe('no-grant');
  expect(error).toBeInstanceOf(Error);
});

/** What a mini program in TypeScript writes; every line under `@ts-expect-error` must be refused. */
const CONSUMER = `
import { createQingniao, ownBackend, ownDomain, isServiceError, type Qingniao, type Wx } from '@qingniao/miniprogram';
import { cardCodeOf } from '@qingniao/miniprogram/card-code';
import { modalStandIn } from '@qingniao/miniprogram/stand-in';
import { createSubscribeAfter } from '@qingniao/miniprogram/subscribe-after';
import { createSubscribeDevice } from '@qingniao/miniprogram/subscribe-device';
import { createSubscribePlan } from '@qingniao/miniprogram/subscribe-plan';

const real: Wx = wx;
export const qingniao: Qingniao = createQingniao({
  wx,
  transport: ownDomain({ wx, baseUrl: 'https://api.example.com' }),
  longTerm: ['t2'],
  standIn: modalStandIn(wx),
});
createQingniao({ wx: real, transport: ownBackend(async ({ path }) => ({ status: 200, body: path })) });

export function onCode(event: unknown): string {
  const { code, error } = cardCodeOf(event);
  // @ts-expect-error there may be no code
  const surely: string = code;
  return error ? error.tell.zh : code + surely;
}

export async function onTap(): Promise<string> {
  const outcome = await qingniao.subscribe(['t1', 't2']);
  if (outcome.type === 'failed') {
    const code: number | string = outcome.error.code;
    if (outcome.error.code === 20004) return outcome.error.tell.zh;
    // @ts-expect-error no such code
    if (outcome.error.code === 20006) return '';
    // @ts-expect-error a failure has no answers
    return outcome.answers + code;
  }
  const status: 'accepted' | 'rejected' | 'banned' | 'filtered' | 'unknown' | undefined = outcome.answers['t1']?.status;
  // @ts-expect-error accept is WeChat's word and not a status
  if (status === 'accept') return '';
  const reason: 'main-switch' | 'kept-reject' | undefined = outcome.guide;
  const booked = await qingniao.remindMe('t1', new Date(), { thing1: 'x' }, { fit: true, key: 'k' });
  if (booked.type === 'failed') return booked.error.errors.map(({ path }) => path).join();
  return booked.message.sendAt + reason;
}

export async function left(): Promise<number | null> {
  try {
    return (await qingniao.remaining('t1')).available;
  } catch (error) {
    return isServiceError(error) ? error.status : null;
  }
}

const subscribeAfter = createSubscribeAfter({ wx, qingniao });
export async function pay(order: WechatMiniprogram.RequestPaymentOption): Promise<string> {
  const explained = await subscribeAfter('showModal', { title: 'Reminders', content: 'Shall we tell you?' }, ['t1']);
  if (explained.type === 'failed') return explained.error.how ? explained.error.how.en : explained.error.tell.en;
  if (explained.type === 'skipped') return '';
  const outcome = await subscribeAfter('request', { url: 'https://a.example', method: 'POST', success() {} }, ({ statusCode }) =>
    statusCode === 200 ? subscribeAfter('requestPayment', order, ['t1']) : undefined,
  );
  // @ts-expect-error a skipped one has no list
  return outcome.accepted.join() + explained.accepted.join();
}
// @ts-expect-error a request has an address
subscribeAfter('request', { method: 'POST' }, ['t1']);
// @ts-expect-error login passes no tap on
subscribeAfter('login', {}, ['t1']);

const plan = createSubscribePlan({ wx, qingniao, templates: [{ templateId: 't1', at: ['order'] }, { templateId: 't2' }] });
export const planned = subscribeAfter('requestPayment', { nonceStr: '', package: '', paySign: '', timeStamp: '' }, () =>
  plan.goodMoment('order'),
);
export const said = plan.goodMoment().then((outcome) => (outcome.type === 'answered' ? outcome.guide : outcome.type));
// @ts-expect-error a template has an id
createSubscribePlan({ wx, qingniao, templates: [{ at: ['order'] }] });

const subscribeDevice = createSubscribeDevice({ wx, qingniao });
export const asked = subscribeDevice(['t3'], { sn: 'SN1', modelId: 'm', snTicket: 't' }).then((outcome) =>
  outcome.type === 'failed' && outcome.error.code === 19720727 ? outcome.error.tell.zh : outcome.type,
);
export const withTicket = subscribeAfter('request', { url: 'https://a.example' }, () =>
  subscribeDevice(['t3'], { sn: 'SN1', modelId: 'm', snTicket: 't' }),
);
// @ts-expect-error a device needs its ticket
subscribeDevice(['t3'], { sn: 'SN1', modelId: 'm' });
// @ts-expect-error a list of templates, not one
qingniao.subscribe('t1');
// @ts-expect-error values are texts
qingniao.remindMe('t1', null, { number1: 3 });
// @ts-expect-error the transport is needed
createQingniao({ wx });
`;

test.each([
  ['bundler', 'esnext', 'app.ts'],
  ['node16', 'node16', 'app.mts'],
  ['node16', 'node16', 'app.cts'],
])(
  'the types serve a strict TypeScript mini program (moduleResolution %s, module %s, %s)',
  async (moduleResolution, module, app) => {
    const folder = await mkdtemp(join(tmpdir(), 'qingniao-types-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const modules = {
      '@qingniao/miniprogram': installed.package,
      'miniprogram-api-typings': join(process.cwd(), 'node_modules/miniprogram-api-typings'),
    };
    for (const [name, path] of Object.entries(modules)) {
      const link = join(folder, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(path, link);
    }
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2020',
      lib: ['es2020'],
      module,
      moduleResolution,
      skipLibCheck: false,
      types: ['miniprogram-api-typings'],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [app] }));
    await writeFile(join(folder, 'package.json'), '{}');
    await writeFile(join(folder, app), CONSUMER);
    const tsc = join(process.cwd(), 'node_modules/.bin/tsc');
    const { stdout } = await promisify(execFile)(tsc, ['-p', folder]).catch(
      (failure: { stdout: string }) => failure,
    );
    expect(stdout).toBe('');
  },
);
