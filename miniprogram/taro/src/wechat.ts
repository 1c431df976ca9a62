import { createQingniao, ownDomain } from '@qingniao/miniprogram';
import { createSubscribeAfter } from '@qingniao/miniprogram/subscribe-after';
import { baseUrl } from './config';

// 用微信自己的 wx，而不是 Taro：Taro 的接口失败时，除了调用 fail，还会多出一个没人处理的 Promise。
function createWeChat() {
  const qingniao = createQingniao({ wx, transport: ownDomain({ wx, baseUrl }) });
  return { qingniao, subscribeAfter: createSubscribeAfter({ wx, qingniao }) };
}

/** 只有微信有 wx 和订阅消息：编译到其他平台时是 undefined，模块也不会打包进去。 */
export const wechat = process.env.TARO_ENV === 'weapp' ? createWeChat() : undefined;

export type WeChat = ReturnType<typeof createWeChat>;
