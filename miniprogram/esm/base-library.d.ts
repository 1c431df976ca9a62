import type { Wx } from './wx.js';
/** Whether this is WeChat's developer tool and no phone. */
export declare function isDevtools(wx: Wx): boolean;
/**
 * How many templates one popup can show (WeChat contract §7.1): none before base library 2.4.4, one up to 2.8.3, three
 * before 3.12.1, then five. A version that the client does not tell is taken for one of the many in the middle.
 */
export declare function maxTemplates(wx: Wx): number;
/** What the client tells of itself; undefined when it has no such call or the call throws. */
export declare function infoOf(wx: Wx, call: 'getAppBaseInfo' | 'getDeviceInfo' | 'getSystemInfoSync' | 'getAccountInfoSync'): unknown;
