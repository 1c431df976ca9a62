// Deploys the service to an AWS on this machine, drives what was deployed, updates it and removes it.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startWeChatSimulator } from '../../local/wechat-simulator/index.ts';
import { runCommand, UsageError } from '../../operate/command-line.ts';
import { say } from '../../operate/language.ts';
import { BREAKS, type Break } from './breaks.ts';
import { deployAndDrive } from './deploy-and-drive.ts';
import { runningAws, startLocalAws } from './local-aws.ts';
import { pythonTool } from './python-tool.ts';
import { step } from './steps.ts';

const MINISTACK = join(import.meta.dirname, 'ministack.txt');
const USAGE = {
  name: 'test:deploy',
  about: say(
    'Deploys the service to an AWS, drives what was deployed over its HTTP API, updates it and removes it. Without more it starts an AWS of its own on this machine (ministack, from PyPI), with a simulated WeChat.',
    '把服务部署到 AWS（默认为本机模拟的 ministack，来自 PyPI，配模拟微信），通过 HTTP 接口走一遍主要流程，再更新、删除。',
  ),
  usages: [['']],
  options: {
    endpoint: {
      type: 'string',
      value: 'URL',
      help: say('another AWS that runs already', '使用已在运行的 AWS'),
    },
    from: {
      type: 'string',
      value: 'REF',
      help: say(
        'the commit or tag that is deployed first and then updated (default: the last release)',
        '先部署哪个版本，再升级到当前版本，默认为上一个发布版本',
      ),
    },
    break: {
      type: 'string',
      value: 'NAME',
      help: say(
        `breaks one thing first, and is to fail: ${Object.keys(BREAKS).join(', ')}; all: each of them, and passes if each is found`,
        `故意弄坏一处，此时应当失败：${Object.keys(BREAKS).join('、')}；all 为逐一弄坏，全部被发现才通过`,
      ),
    },
  },
  notes: say(
    'It needs python3 with venv (Debian: python3-venv); what it installs stays in node_modules.',
    '需要带 venv 的 python3（Debian：python3-venv）；安装的内容放在 node_modules 中。',
  ),
} as const;

interface Order {
  readonly endpoint?: string;
  readonly from?: string;
  readonly break?: string;
}

await runCommand(USAGE, async (order) => {
  if (order.break === 'all') await findEveryBreak();
  else await main(order);
  return 0;
});

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
