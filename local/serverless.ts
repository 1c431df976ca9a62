// Runs Serverless: first its options are checked, which it does late and without a hint.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand, UsageError } from '../operate/command-line.ts';
import { say, withoutOption } from '../operate/language.ts';
import { buildConsole } from './console/build-console.ts';
import { frameworkOptions, parameterFaults } from './serverless/framework-options.ts';

const [command = '', ...args] = process.argv.slice(2);

/** What we say of them; what else Serverless can do it explains itself. */
const ABOUT: Readonly<Record<string, { readonly about: string; readonly line: string }>> = {
  package: {
    line: '[--stage NAME] [--param "name=value"]',
    about: say(
      'Makes the artefacts of a deployment in .serverless, without network or account.',
      '在 .serverless 中生成部署所需的文件，不需要网络和 AWS 账号。',
    ),
  },
  deploy: {
    line: '--stage NAME [--region REGION] [--param "name=value"]',
    about: say(
      'Deploys the service to AWS, with the settings of the environment and of --param; bad ones are all named before anything starts.',
      '把服务部署到 AWS。设置取自环境变量和 --param；有误的设置会在开始之前一次列出。',
    ),
  },
};

const known = ABOUT[command];
if (known === undefined) process.exitCode = await serverless(process.argv.slice(2));
else {
  const { options, words } = frameworkOptions(command, args);
  await runCommand(
    { name: command, about: known.about, usages: [[known.line]], options },
    async ({ param }) => {
      const faults = await parameterFaults(param);
      if (faults.length > 0) throw new UsageError(faults.join(' '));
      await buildConsole();
      return serverless(withoutOption(process.argv.slice(2), '--lang'));
    },
    args.slice(words),
  );
}

/** serverless-esbuild leaves a bundle of each function among the temporary files: they get a folder of their own, which goes at the end. */
async function serverless(given: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-serverless-'));
  const program = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
  const child = spawn(process.execPath, [program, ...given], {
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
  });
  // Serverless ends first; the folder goes after that.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  try {
    const [code] = await once(child, 'close');
    return typeof code === 'number' ? code : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
