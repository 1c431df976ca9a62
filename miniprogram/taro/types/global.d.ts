/// <reference types="@tarojs/taro" />

import 'react';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      /** 原生组件：属性名不变，bind:close、bind:done 写成 onClose、onDone。 */
      'subscribe-guide': {
        show: boolean;
        reason: string;
        templates: readonly string[];
        onClose(): void;
        onDone(event: { detail: { allowed: boolean } }): void;
      };
    }
  }
}
