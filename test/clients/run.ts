// Makes a Python client from openapi.yaml, lets it talk to the local stack, and has the document linted.

import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { startStack } from '../../local/stack/stack.ts';
import { runCommand } from '../../operate/command-line.ts';
import { say } from '../../operate/language.ts';
import { pythonTool } from '../deploy/python-tool.ts';
import { step } from '../deploy/steps.ts';
import { installLinters } from './install-linters.ts';
import { whoSpeaks } from './who-speaks.ts';

const USAGE = {
  name: 'test:clients',
  about: say(
    'Makes a Python client from openapi.yaml with openapi-python-client (PyPI), which may warn of bodies in CSV and XML only, and lets it talk to the local stack; has Redocly and Spectral (npm) lint the document. The TypeScript client is part of npm test.',
    '用 openapi-python-client（PyPI）从 openapi.yaml 生成 Python 客户端并与本地服务对话，再用 Redocly 和 Spectral 检查文档。TypeScript 客户端在 npm test 中测试。',
  ),
  usages: [['']],
  options: {},
  notes: say(
    'It needs python3 with venv (Debian: python3-venv); what it installs stays in node_modules.',
    '需要带 venv 的 python3（Debian：python3-venv）；安装的内容放在 node_modules 中。',
  ),
} as const;

const HERE = import.meta.dirname;
const DOCUMENT = join(HERE, '../../openapi.yaml');
const REQUIREMENTS = join(HERE, 'openapi-python-client.txt');

/** What the generator may warn of: it knows no CSV and no XML, and leaves those bodies out beside the ones in JSON. */
const KNOWN_WARNINGS = [
  'WARNING parsing POST /v1/campaigns/{id}/recipients within campaigns. Unsupported content type text/csv',
  'WARNING parsing POST /v1/wechat/events within wechat. Unsupported content type text/xml',
  'WARNING parsing POST /v1/wechat/events/{appid} within wechat. Unsupported content type text/xml',
];

const SPECTRAL_RULES = join(HERE, 'linters/spectral.yaml');

await runCommand(USAGE, async () => {
  await main();
  return 0;
});

/** Both at the same time: most of it is installing. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-clients-'));
  const startedAt = performance.now();
  try {
    const done = await Promise.allSettled([makeClient(folder), lint()]);
    const found = done.flatMap((each) => (each.status === 'rejected' ? [messageOf(each.reason)] : []));
    if (found.length > 0) throw new Error(found.join('\n\n'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\nMade and checked in ${Math.round((performance.now() - startedAt) / 1000)} s.\n`);
}

async function makeClient(folder: string): Promise<void> {
  const bin = await step('openapi-python-client is installed', () => pythonTool(REQUIREMENTS));
  const python = join(bin, 'python');
  await step('Python and RE2 read every pattern', () => run(python, [join(HERE, 'patterns.py'), DOCUMENT]));
  await step('the Python client is generated, and nothing of it left out', () => generate(bin, folder));
  await step('the Python client holds a conversation', () => converse(python, folder));
}

/** @throws Error with what the generator printed, if it warns of anything that is not known */
async function generate(bin: string, folder: string): Promise<void> {
  const output = join(folder, 'qingniao_client');
  const printed = await run(
    join(bin, 'openapi-python-client'),
    ['generate', '--path', DOCUMENT, '--meta', 'none', '--output-path', output],
    // It formats what it made with a program that is installed beside it.
    { PATH: [bin, process.env['PATH']].join(delimiter), COLUMNS: '200', NO_COLOR: '1' },
  );
  const words = printed.replaceAll(/\s+/g, ' ');
  const others = KNOWN_WARNINGS.reduce((left, known) => left.replace(known, ''), words);
  if (/WARNING|ERROR|Skipping/.test(others)) throw new Error(printed);
}

async function converse(python: string, folder: string): Promise<void> {
  await cp(join(HERE, 'conversation.py'), join(folder, 'conversation.py'));
  const stack = await startStack({ logger: { info() {}, warn() {}, error() {} } });
  try {
    if (!stack.wechat) throw new Error('The local stack has no simulated WeChat.');
    await run(python, [join(folder, 'conversation.py')], whoSpeaks(stack, stack.wechat));
  } finally {
    await stack.close();
  }
}

async function lint(): Promise<void> {
  const bin = await step('the linters are installed', () => installLinters(join(HERE, 'linters')));
  const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  await step('Redocly finds no error', () =>
    run(process.execPath, [join(bin, 'redocly'), 'lint', DOCUMENT, '--extends', 'recommended'], quiet),
  );
  await step('Spectral finds no error', () =>
    run(process.execPath, [join(bin, 'spectral'), 'lint', DOCUMENT, '--ruleset', SPECTRAL_RULES]),
  );
}

/** What a program printed. @throws Error with all of it, if it fails */
async function run(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { env: { ...process.env, ...more } });
    return stdout + stderr;
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
    throw new Error(`${String(error.stdout)}\n${String(error.stderr)}`.trim(), { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
