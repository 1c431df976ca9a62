import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildMiniProgram } from './miniprogram/build.ts';
import { layOutNpm } from './miniprogram/lay-out.ts';
import { packMiniProgram } from './miniprogram/pack.ts';

const PACKAGE = join(import.meta.dirname, '../miniprogram');

const HELP = `Usage: npm run miniprogram [-- --pack]

Builds the module for mini programs (miniprogram/dist, miniprogram/types) and lays it out in the sample app, so that
miniprogram/example opens in WeChat's developer tool as it is. --pack also writes the package that others install.
构建小程序模块（miniprogram/dist、miniprogram/types），并放入示例小程序，miniprogram/example 即可直接用微信开发者工具打开。
加 --pack 会另外生成可供其他小程序安装的包。`;

const { values } = parseArgs({
  options: {
    pack: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) console.log(HELP);
else await build(values.pack);

async function build(pack: boolean): Promise<void> {
  for (const { name, bytes } of await buildMiniProgram()) console.log(`miniprogram/dist/${name}  ${bytes} B`);
  await layOutNpm(join(PACKAGE, 'example'), () => PACKAGE);
  console.log(
    "Open miniprogram/example in WeChat's developer tool. 请用微信开发者工具打开 miniprogram/example。",
  );
  if (pack) console.log(`In your mini program 在您的小程序中：\n  npm i ${await packMiniProgram()}`);
}
