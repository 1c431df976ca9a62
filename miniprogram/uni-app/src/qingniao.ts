import { createQingniao, ownDomain } from '@qingniao/miniprogram';
import { createSubscribeAfter } from '@qingniao/miniprogram/subscribe-after';
import { baseUrl } from './config';

// 只在 #ifdef MP-WEIXIN 里引入这个文件：其他平台没有 wx。
export const qingniao = createQingniao({ wx, transport: ownDomain({ wx, baseUrl }) });
export const subscribeAfter = createSubscribeAfter({ wx, qingniao });
