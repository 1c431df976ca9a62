// Builds the console: what `npm run dev`, `npm run package` and `npm run deploy` serve at /console/.
import { print, runCommand } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';
import { makeApiTypes } from './console/api-types.ts';
import { buildConsole } from './console/build-console.ts';

const USAGE = {
  name: 'build:console',
  about: say(
    'Builds the console into console/dist, unless it is there and current.',
    '构建控制台到 console/dist；已是最新时不重复构建。',
  ),
  usages: [['[--types]']],
  options: {
    types: {
      type: 'boolean',
      help: say('only make the types that it calls the service by', '只生成调用接口所用的类型'),
    },
  },
} as const;

await runCommand(USAGE, async ({ types }) => {
  if (types) await makeApiTypes();
  else
    print(
      (await buildConsole())
        ? say('Built: console/dist', '已构建：console/dist')
        : say('Current: console/dist', '已是最新：console/dist'),
    );
  return 0;
});
