import type { GuideReason } from '../../../miniprogram/src/subscribe-outcome.ts';
import type { OurGrants, OurMessage } from './service.ts';
import type { Language } from './texts.ts';
import type { Settings, Template, WeChatGrants } from './wechat.ts';

/** A card in the list of service notifications. */
export interface Card {
  readonly number: number;
  readonly template: Template;
  readonly values: Readonly<Record<string, string>>;
  readonly atMs: number;
}

/** A line of what happens underneath. */
export interface RequestLine {
  readonly atMs: number;
  readonly way: 'toService' | 'toWeChat' | 'fromWeChat';
  readonly text: string;
  readonly ok: boolean;
}

/** Which of the phone's screens is seen. */
export type Screen = 'app' | 'messages' | 'settings';

/** Everything that the page shows. */
export interface State {
  readonly language: Language;
  /** Which mini program it is of, counted from 1. */
  readonly app: number;
  readonly screen: Screen;
  readonly template: Template | undefined;
  readonly notice: 'asking' | 'booked' | 'sentNow' | 'refused' | undefined;
  /** What the module says went wrong, in the language shown. */
  readonly problem: string | undefined;
  readonly guide: GuideReason | undefined;
  readonly asking: readonly string[] | undefined;
  readonly settings: Settings;
  readonly cards: readonly Card[];
  /** The card that has just come, shown over whatever is seen. */
  readonly banner: Card | undefined;
  readonly unread: number;
  readonly grants: readonly OurGrants[];
  readonly wechatGrants: readonly WeChatGrants[];
  readonly messages: readonly OurMessage[];
  readonly requests: readonly RequestLine[];
}

/** A page on which nothing has happened yet. */
export const EMPTY: State = {
  language: 'zh',
  app: 1,
  screen: 'app',
  template: undefined,
  notice: undefined,
  problem: undefined,
  guide: undefined,
  asking: undefined,
  settings: { mainSwitch: true, itemSettings: {} },
  cards: [],
  banner: undefined,
  unread: 0,
  grants: [],
  wechatGrants: [],
  messages: [],
  requests: [],
};

/** Holds the state and tells of each change. */
export function createStore(first: State, changed: (state: State) => void) {
  let state = first;
  return {
    get: () => state,
    set(change: Partial<State>) {
      state = { ...state, ...change };
      changed(state);
    },
  };
}

/** The page's state. */
export type Store = ReturnType<typeof createStore>;
