import { useDidShow } from '@tarojs/taro';
import type { PropsWithChildren } from 'react';
import { wechat } from './wechat';
import './app.css';

export default function App({ children }: PropsWithChildren) {
  // 补报上次没送达的订阅结果
  useDidShow(() => wechat?.qingniao.start());
  return children;
}
