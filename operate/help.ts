// Lists the commands of package.json, those of users first.
import colors from 'picocolors';
import { JSON_OPTION, print, runCommand } from './command-line.ts';
import { type CommandLine, FOR_CONTRIBUTORS, FOR_USERS } from './commands.ts';
import { say } from './language.ts';
import { aligned } from './table.ts';

const USAGE = {
  name: 'help',
  about: say('Lists the commands with one line each.', '列出所有命令，每个一行。'),
  usages: [['']],
  options: { ...JSON_OPTION },
} as const;

await runCommand(USAGE, async ({ json }) => {
  if (json) {
    const facts = (lines: readonly CommandLine[]) => lines.map(([name, does]) => ({ name, does }));
    print(JSON.stringify({ users: facts(FOR_USERS), contributors: facts(FOR_CONTRIBUTORS) }));
    return 0;
  }
  for (const [title, lines] of [
    [say('To use it', '使用'), FOR_USERS],
    [say('To work on it', '参与开发'), FOR_CONTRIBUTORS],
  ] as const) {
    print(`\n${colors.bold(title)}\n`);
    for (const row of aligned(lines.map(([name, does]) => [colors.cyan(`npm run ${name}`), does])))
      print(`  ${row}`);
  }
  print(
    `\n${say('npm run NAME -- --help explains one of ours; --lang zh speaks Chinese.', 'npm run 名称 -- --help 查看用法；--lang en 输出英文。')}`,
  );
  return 0;
});
