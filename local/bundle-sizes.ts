import { readFile, writeFile } from 'node:fs/promises';
import { CommandError, JSON_OPTION, print, runCommand } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';
import { packageService } from './package-service.ts';
import { findOutdatedSizes, renderSizes, replaceSizes, sizesOf } from './size-table.ts';

const FILES: string[] = [];
const USAGE = {
  name: 'sizes',
  about: say(
    'Packages the service and prints how large each function is.',
    '打包服务，并显示每个函数的大小。',
  ),
  usages: [
    ['', say('prints a markdown table', '输出 Markdown 表格')],
    ['--write README.md --write README.zh-CN.md'],
  ],
  options: {
    write: {
      type: 'string',
      value: 'FILE',
      multiple: true,
      default: FILES,
      help: say(
        'also puts it between <!-- sizes --> and <!-- /sizes --> in FILE; may be given several times',
        '同时写入 FILE 中 <!-- sizes --> 与 <!-- /sizes --> 之间；可多次给出',
      ),
    },
    check: {
      type: 'string',
      value: 'FILE',
      multiple: true,
      default: FILES,
      help: say(
        'exits 1 if the table in FILE is off by more than 5 %; may be given several times',
        'FILE 中的表格偏差超过 5% 时退出码为 1；可多次给出',
      ),
    },
    ...JSON_OPTION,
  },
} as const;

await runCommand(USAGE, measure);

async function measure({
  write,
  check,
  json,
}: {
  readonly write: readonly string[];
  readonly check: readonly string[];
  readonly json: boolean;
}): Promise<number> {
  // A file that cannot be read is told before half a minute of packaging.
  const read = async (file: string) => ({ file, text: await readFile(file, 'utf8') });
  const [toWrite, toCheck] = await Promise.all([write, check].map((files) => Promise.all(files.map(read))));
  const sizes = sizesOf((await packageService({ stage: 'dev' })).bundles);
  print(json ? JSON.stringify(sizes) : renderSizes(sizes));

  const faults: string[] = [];
  for (const { file, text } of toWrite ?? []) {
    const renewed = replaceSizes(text, sizes);
    if (renewed === undefined)
      faults.push(
        say(
          `${file}: put <!-- sizes --> and <!-- /sizes --> where the table belongs.`,
          `${file}：请在表格所在处写上 <!-- sizes --> 和 <!-- /sizes -->。`,
        ),
      );
    else await writeFile(file, renewed);
  }
  for (const { file, text } of toCheck ?? []) {
    for (const sentence of findOutdatedSizes(text, sizes))
      faults.push(`${file}: ${sentence} Run npm run sizes -- --write ${file}`);
  }
  if (faults.length > 0) throw new CommandError(faults.join('\n'));
  return 0;
}
