import { merge, promised, textOf } from './values.ts';
import type { Wx, WxFailure, WxSettings } from './wx.ts';

/** What the user has set for subscribe messages on WeChat's settings page. */
export interface SubscriptionSettings {
  /** Off means that no popup comes at all. */
  readonly mainSwitch: boolean;
  /** The choices that the user told WeChat to keep, such as `accept` or `reject`; for these no popup comes. */
  readonly kept: Readonly<Record<string, string>>;
}

/** A report waits for the settings, so they must come to an end. */
const PATIENCE_MS = 3000;

declare function setTimeout(callback: (failure: WxFailure) => void, ms: number): void;

/** Reads the settings and remembers what was read. */
export interface SettingsReader {
  /**
   * Undefined where the client does not tell (before base library 2.10.1, or when it fails): then nothing may be
   * concluded. Never rejects. WeChat contract §7.2.
   */
  read(): Promise<SubscriptionSettings | undefined>;
  /** What was read last. */
  last(): SubscriptionSettings | undefined;
}

/** Reads through the given `wx`. */
export function createSettingsReader(wx: Pick<Wx, 'getSetting'>): SettingsReader {
  let last: SubscriptionSettings | undefined;
  return {
    read: () =>
      promised<WxSettings>((callbacks) => {
        setTimeout(callbacks.fail, PATIENCE_MS);
        wx.getSetting(merge({ withSubscriptions: true }, callbacks));
      })
        .then(settingsOf, () => undefined)
        .then((settings) => {
          last = settings;
          return settings;
        }),
    last: () => last,
  };
}

function settingsOf({ subscriptionsSetting: setting }: WxSettings): SubscriptionSettings | undefined {
  if (!setting) return undefined;
  // Some clients were seen to put the kept choices beside `mainSwitch`.
  const items = setting.itemSettings || setting;
  const kept: Record<string, string> = {};
  for (const id in items) kept[id] = textOf(items, id);
  return { mainSwitch: setting.mainSwitch !== false, kept };
}
