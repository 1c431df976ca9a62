import { defineConfig } from '@tarojs/cli';

// compiler 用 webpack5：usingComponents 里可以直接写 npm 包的路径，组件的四个文件都会复制到 dist/npm。
export default defineConfig({
  projectName: 'qingniao-taro-example',
  designWidth: 750,
  deviceRatio: { 750: 1 },
  sourceRoot: 'src',
  outputRoot: 'dist',
  framework: 'react',
  compiler: 'webpack5',
  mini: {},
});
