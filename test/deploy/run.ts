// Deploys the service to an AWS on this machine, drives what was deployed, updates it and removes it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startWeChatSimulator } from '../../local/wechat-simulator/index.ts';
import { runCommand, UsageError } from '../../operate/command-line.ts';
import { BREAKS, type Break } from './breaks.ts';
import { deployAndDrive } from './deploy-and-drive.ts';
import { runningAws, startLocalAws } from './local-aws.ts';
import { pythonTool } from './python-tool.ts';
import { step } from './steps.ts';

const MINISTACK = join(import.meta.dirname, 'ministack.txt');
const HELP = `Deploys the service to an AWS, drives what was deployed over its HTTP API, updates it and removes it.
Without more it starts an AWS of its own on this machine (ministack, from PyPI), with a simulated WeChat.
把服务部署到本机模拟的 AWS，通过 HTTP 接口走一遍主要流程，再更新、删除。

  npm run test:deploy
  npm run test:deploy -- --endpoint URL   another AWS that runs already 使用已在运行的 AWS
  npm run test:deploy -- --from REF       the commit or tag that is deployed first and then updated (default: the last release)
                                          先部署哪个版本，再升级到当前版本
  npm run test:deploy -- --break NAME     breaks one thing first, and is to fail: ${Object.keys(BREAKS).join(', ')};
                                          all: each of them, and passes if each is found 故意弄坏一处，此时应当失败

It needs python3 with venv (Debian: python3-venv); what it installs stays in node_modules.
`;

interface Order {
  readonly endpoint?: string;
  readonly from?: string;
  readonly break?: string;
}

await runCommand(
  {
    name: 'test:deploy',
    help: HELP,
    options: { endpoint: { type: 'string' }, from: { type: 'string' }, break: { type: 'string' } },
  },
  async (order) => {
    if (order.break === 'all') await findEveryBreak();
    else await main(order);
    return 0;
  },
);

async function main({ endpoint, from, break: named }: Order): Promise<void> {
  const broken = named === undefined ? undefined : breakNamed(named);
  const startedAt = performance.now();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const aws = await step('a local AWS starts', async () =>
    endpoint === undefined ? startLocalAws(await pythonTool(MINISTACK)) : runningAws(endpoint, process.env),
  );
  const wechat = await startWeChatSimulator();
  try {
    await deployAndDrive({ aws, wechat, broken, from });
  } finally {
    await Promise.all([aws.close(), wechat.close()]);
  }
  process.stdout.write(
    `\nDeployed, driven, updated and removed in ${Math.round((performance.now() - startedAt) / 1000)} s.\n`,
  );
}

function breakNamed(name: string): Break {
  if (Object.hasOwn(BREAKS, name)) return name as Break;
  throw new UsageError(`--break takes one of ${Object.keys(BREAKS).join(', ')}, all.`);
}

/** @throws Error when one of the breaks goes by unnoticed, or fails for another reason */
async function findEveryBreak(): Promise<void> {
  for (const [name, { says, found }] of Object.entries(BREAKS)) {
    await step(`${name}: ${says}`, async () => {
      const { code, printed } = await runBroken(name);
      if (code !== 1 || !found.test(printed)) throw new Error(`${name} was not found:\n${printed}`);
    });
  }
}

function runBroken(name: string): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, [import.meta.filename, '--break', name]);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, printed }));
  });
}
