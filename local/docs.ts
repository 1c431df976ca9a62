// Shows the documents as a site, or builds it.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, print, runCommand } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';

const DOCS = join(import.meta.dirname, '../docs');

const USAGE = {
  name: 'docs',
  about: say(
    'Shows the documents as a site, with a search, and with an API reference whose calls go to npm run dev (QINGNIAO_URL for another address). The first time it installs what builds the site into docs/node_modules; npm ci of the project does not.',
    '在本机打开文档网站：可搜索；接口参考可试调 npm run dev（其他地址用 QINGNIAO_URL）。第一次运行时把所需的包装到 docs/node_modules。',
  ),
  usages: [['[--build | --preview] [--port PORT]']],
  options: {
    build: {
      type: 'boolean',
      default: false,
      help: say(
        'builds it into docs/.vitepress/dist instead; DOCS_BASE is the path that it is served under',
        '改为构建到 docs/.vitepress/dist；DOCS_BASE 为网站所在路径',
      ),
    },
    preview: { type: 'boolean', default: false, help: say('shows what was built', '查看构建结果') },
    port: { type: 'string', value: 'PORT', default: '5173', help: say('default 5173', '端口，默认 5173') },
  },
} as const;

await runCommand(USAGE, async ({ build, preview, port }) => {
  if (!(await isInstalled())) {
    print(say('Installing what builds the site …', '正在安装所需的包 …'));
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  const vitepress = join(DOCS, 'node_modules/vitepress/bin/vitepress.js');
  const command = build ? ['build'] : [preview ? 'preview' : 'dev', '--port', port];
  await run(process.execPath, [vitepress, ...command]);
  if (build) print(say('Built: docs/.vitepress/dist', '已构建：docs/.vitepress/dist'));
  return 0;
});

/** Whether what is installed is what the lock file says. */
async function isInstalled(): Promise<boolean> {
  const [wanted, there] = await Promise.all(
    ['package-lock.json', 'node_modules/.package-lock.json'].map((file) =>
      readFile(join(DOCS, file), 'utf8').then(packagesOf, () => 'none'),
    ),
  );
  return wanted === there;
}

/** Names and versions, but for builds for other machines. */
function packagesOf(lock: string): string {
  const { packages } = JSON.parse(lock) as {
    packages: Record<string, { version?: string; optional?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([path, { optional }]) => path !== '' && !optional)
    .map(([path, { version }]) => `${path}@${version}`)
    .join('\n');
}

/** @throws CommandError when it fails; what it said stands above */
async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { cwd: DOCS, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  if (code !== 0 && code !== null)
    throw new CommandError('The site could not be built or shown; the reason stands above. 原因见上文。');
}
