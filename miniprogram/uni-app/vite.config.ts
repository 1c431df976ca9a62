import { cpSync } from 'node:fs';
import uni from '@dcloudio/vite-plugin-uni';
import { defineConfig } from 'vite';

// uni-app 只认 src/wxcomponents 里的原生组件，所以每次编译前从模块复制一份，总是与安装的版本一致。
const guide = '@qingniao/miniprogram/dist/subscribe-guide';
cpSync(`node_modules/${guide}`, 'src/wxcomponents/subscribe-guide', { recursive: true });

export default defineConfig({ plugins: [uni()] });
