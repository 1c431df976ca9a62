import { merge } from './values.ts';
import type { Wx } from './wx.ts';

/** What the client can do, as far as it tells. */
export interface Client {
  /** Templates that one popup can show; 0 when there is no popup. */
  readonly maxTemplates: number;
  /** Whether this is WeChat's developer tool and no phone. */
  readonly isDevtools: boolean;
}

/** Reads the client's base library and platform. */
export function readClient(wx: Wx): Client {
  const { SDKVersion = '', platform } = systemOf(wx);
  return {
    maxTemplates: wx.requestSubscribeMessage ? maxTemplates(SDKVersion) : 0,
    isDevtools: platform === 'devtools',
  };
}

/** Both new calls came with base library 2.20.1; the old one now warns at each use. */
function systemOf(wx: Wx): { readonly SDKVersion?: string; readonly platform?: string } {
  if (wx.getAppBaseInfo && wx.getDeviceInfo) return merge(wx.getAppBaseInfo(), wx.getDeviceInfo());
  return wx.getSystemInfoSync ? wx.getSystemInfoSync() : {};
}

/**
 * How many templates one popup can show (WeChat contract §7.1): none before base library 2.4.4, one up to 2.8.3, three
 * before 3.12.1, then five. A version that the client does not tell is taken for one of the many in the middle.
 */
function maxTemplates(version: string): number {
  const number = ordered(version);
  if (!number) return 3;
  if (number < 2_004_004) return 0;
  if (number <= 2_008_003) return 1;
  return number < 3_012_001 ? 3 : 5;
}

/** A version as a number that sorts as versions do: "3.12.1" is 3_012_001, and above "3.9.0". */
function ordered(version: string): number {
  return version.split('.').reduce((sum, part) => sum * 1000 + (Number(part) || 0), 0);
}
