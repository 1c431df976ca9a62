import { answerOf, type SetTimer } from './patience.ts';
import { textOf } from './values.ts';
import type { Wx, WxSettings } from './wx.ts';

/** What the user has set for subscribe messages on WeChat's settings page. */
export interface SubscriptionSettings {
  /** Off means that no popup comes at all. */
  readonly mainSwitch: boolean;
  /** The choices that the user told WeChat to keep, such as `accept` or `reject`; for these no popup comes. */
  readonly kept: Readonly<Record<string, string>>;
}

/** Reads the settings and remembers what was read. */
export interface SettingsReader {
  /**
   * What is set now, or what was read last when that fails. Undefined where the client does not tell (before base
   * library 2.10.1, or when nothing was ever read). Then nothing may be concluded. Never rejects. WeChat contract §7.2.
   */
  read(): Promise<SubscriptionSettings | undefined>;
  /** What was read last. */
  last?: SubscriptionSettings | undefined;
}

/** Reads through the given `wx`. */
export function createSettingsReader(
  wx: Pick<Wx, 'getSetting'>,
  setTimer: SetTimer,
  settingsMs: number,
): SettingsReader {
  const keep = (answer: WxSettings | undefined): SubscriptionSettings | undefined => {
    reader.last = settingsOf(answer) || reader.last;
    return reader.last;
  };
  const reader: SettingsReader = {
    // A failure has no settings in it either.
    read: () =>
      answerOf<WxSettings>(setTimer, settingsMs, (success, fail) =>
        wx.getSetting({ withSubscriptions: true, success, fail }),
      ).then(keep, keep),
  };
  return reader;
}

function settingsOf(answer: WxSettings | undefined): SubscriptionSettings | undefined {
  const setting = answer && answer.subscriptionsSetting;
  if (!setting) return undefined;
  // Some clients were seen to put the kept choices beside `mainSwitch`.
  const items = setting.itemSettings || setting;
  const kept: Record<string, string> = {};
  for (const id in items) kept[id] = textOf(items, id);
  return { mainSwitch: setting.mainSwitch !== false, kept };
}
