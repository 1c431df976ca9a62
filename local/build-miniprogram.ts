import { join } from 'node:path';
import { print, runCommand } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';
import { buildMiniProgram } from './miniprogram/build.ts';
import { layOutNpm } from './miniprogram/lay-out.ts';
import { packMiniProgram } from './miniprogram/pack.ts';

const PACKAGE = join(import.meta.dirname, '../miniprogram');

const USAGE = {
  name: 'miniprogram',
  about: say(
    "Builds the module for mini programs (miniprogram/dist, miniprogram/types) and lays it out in the sample app, so that miniprogram/example opens in WeChat's developer tool as it is.",
    '构建小程序模块（miniprogram/dist、miniprogram/types），并放入示例小程序，miniprogram/example 即可直接用微信开发者工具打开。',
  ),
  usages: [['[--pack]']],
  options: {
    pack: {
      type: 'boolean',
      default: false,
      help: say('also write the package that others install', '另外生成可供其他小程序安装的包'),
    },
  },
} as const;

await runCommand(USAGE, async ({ pack }) => {
  for (const { name, bytes } of await buildMiniProgram()) print(`miniprogram/dist/${name}  ${bytes} B`);
  await layOutNpm(join(PACKAGE, 'example'), () => PACKAGE);
  print(
    say(
      "Open miniprogram/example in WeChat's developer tool.",
      '请用微信开发者工具打开 miniprogram/example。',
    ),
  );
  if (pack) print(`${say('In your mini program:', '在您的小程序中：')}\n  npm i ${await packMiniProgram()}`);
  return 0;
});
