// Builds the console: what `npm run dev`, `npm run package` and `npm run deploy` serve at /console/.
import { print, runCommand } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';
import { buildConsole } from './console/build-console.ts';

const USAGE = {
  name: 'build:console',
  about: say(
    'Builds the console into console/dist, unless it is there and current.',
    '构建控制台到 console/dist；已是最新时不重复构建。',
  ),
  usages: [['']],
  options: {},
} as const;

await runCommand(USAGE, async () => {
  print(
    (await buildConsole())
      ? say('Built: console/dist', '已构建：console/dist')
      : say('Current: console/dist', '已是最新：console/dist'),
  );
  return 0;
});
