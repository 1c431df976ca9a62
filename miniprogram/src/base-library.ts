import { textOf, tried } from './values.ts';
import type { Wx } from './wx.ts';

/** Whether this is WeChat's developer tool and no phone. */
export function isDevtools(wx: Wx): boolean {
  return toldBy(wx, 'getDeviceInfo', 'platform') === 'devtools';
}

/**
 * How many templates one popup can show (WeChat contract §7.1): none before base library 2.4.4, one up to 2.8.3, three
 * before 3.12.1, then five. A version that the client does not tell is taken for one of the many in the middle.
 */
export function maxTemplates(wx: Wx): number {
  if (!wx.requestSubscribeMessage) return 0;
  const number = ordered(toldBy(wx, 'getAppBaseInfo', 'SDKVersion'));
  if (!number) return 3;
  if (number < 2_004_004) return 0;
  if (number <= 2_008_003) return 1;
  return number < 3_012_001 ? 3 : 5;
}

/** What the client tells of itself; undefined when it has no such call or the call throws. */
export function infoOf(
  wx: Wx,
  call: 'getAppBaseInfo' | 'getDeviceInfo' | 'getSystemInfoSync' | 'getAccountInfoSync',
): unknown {
  return tried((): unknown => wx[call] && wx[call]());
}

/** Both new calls came with base library 2.20.1; the old one now warns at each use. */
function toldBy(wx: Wx, call: 'getAppBaseInfo' | 'getDeviceInfo', name: string): string {
  return textOf(infoOf(wx, call) || infoOf(wx, 'getSystemInfoSync'), name);
}

/** A version as a number that sorts as versions do: "3.12.1" is 3_012_001, and above "3.9.0". */
function ordered(version: string): number {
  return version.split('.').reduce((sum, part) => sum * 1000 + +part, 0);
}
