import { cpSync } from 'node:fs';
import uni from '@dcloudio/vite-plugin-uni';
import { defineConfig } from 'vite';

// 原生组件要放在 src/wxcomponents 里，uni-app 才会原样带进小程序。每次编译前从模块复制一份，总是与安装的版本一致。
if (process.env.UNI_PLATFORM === 'mp-weixin') {
  const guide = 'node_modules/@qingniao/miniprogram/dist/subscribe-guide';
  cpSync(guide, 'src/wxcomponents/subscribe-guide', { recursive: true });
}

export default defineConfig({ plugins: [uni()] });
