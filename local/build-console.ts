// Builds the console: what `npm run dev`, `npm run package` and `npm run deploy` serve at /console/.
import { print, runCommand } from '../operate/command-line.ts';
import { makeApiTypes } from './console/api-types.ts';
import { buildConsole } from './console/build-console.ts';

const help = `npm run build:console [-- --types]

Builds the console into console/dist, unless it is there and current.
构建控制台到 console/dist；已是最新时不重复构建。

  --types   only make the types that it calls the service by
            只生成调用接口所用的类型`;

await runCommand(
  { name: 'build:console', help, options: { types: { type: 'boolean' } } },
  async ({ types }) => {
    if (types) await makeApiTypes();
    else print((await buildConsole()) ? 'Built 已构建: console/dist' : 'Current 已是最新: console/dist');
    return 0;
  },
);
