import { createQingniao, ownDomain } from '@qingniao/miniprogram';
import { createSubscribeAfter } from '@qingniao/miniprogram/subscribe-after';
import { baseUrl } from './config';

// 用微信自己的 wx，而不是 uni：只有微信有订阅消息的这些规则。
export const qingniao = createQingniao({ wx, transport: ownDomain({ wx, baseUrl }) });
export const subscribeAfter = createSubscribeAfter({ wx, qingniao });
