import type { Advice } from '../../../miniprogram/src/advice.ts';
import type { GuideReason } from '../../../miniprogram/src/subscribe-outcome.ts';
import type { Row } from './rows.ts';
import type { OurCard, OurGrants, OurMessage } from './service.ts';
import type { Language, Notice } from './texts/texts.ts';
import type { Settings, Template, WeChatGrants } from './wechat-answers.ts';

/** A subscribe message in the list of service notifications. */
export interface MessageCard {
  readonly type: 'message';
  readonly id: string;
  readonly template: Template;
  readonly values: Readonly<Record<string, string>>;
  readonly atMs: number;
}

/** A service card as WeChat has it: it changes in its place. */
export interface ServiceCard {
  readonly type: 'service';
  /** Its code. */
  readonly id: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** The states that it has been in, the first one first. */
  readonly states: readonly number[];
  /** When WeChat took the latest change. */
  readonly atMs: number;
}

/** What lies in the list of service notifications. */
export type Card = MessageCard | ServiceCard;

/** A notification at the upper edge; each is one of its own, also of the same card. */
export interface Banner {
  readonly key: string;
  readonly card: Card;
}

/** The popup that is open, and what it asks about. */
export interface Asking {
  readonly about: 'message' | 'device';
  readonly templateIds: readonly string[];
}

/** The number that the user has drawn at the restaurant. */
export interface Queue {
  readonly cardId: string;
  /** How often the restaurant has called; 0 when the number has just been drawn. */
  readonly turn: number;
}

/** Which of WeChat's screens is seen. */
export type Screen = 'app' | 'chats' | 'messages' | 'settings' | 'notices' | 'notice';
/** Which page of the mini program is seen. */
export type Page = 'booking' | 'device' | 'queue' | 'tap';
/** Whose rules of the click state the phone keeps. */
export type Platform = 'android' | 'ios';

/** Everything that the page shows. */
export interface State {
  readonly language: Language;
  /** Which mini program it is of, counted from 1. */
  readonly app: number;
  readonly screen: Screen;
  readonly page: Page;
  readonly platform: Platform;
  readonly templates: readonly Template[];
  readonly notice: Notice | undefined;
  /** What the module or the service says went wrong. */
  readonly problem: Advice | undefined;
  readonly guide: GuideReason | undefined;
  readonly asking: Asking | undefined;
  /** The menu that is open: the capsule's, or that of the card of this id. */
  readonly menu: 'capsule' | { readonly cardId: string } | undefined;
  readonly settings: Settings;
  /** The template whose setting is seen. */
  readonly noticeOf: string | undefined;
  readonly cards: readonly Card[];
  /** Codes of service cards whose notifications the user has stopped. */
  readonly refused: readonly string[];
  /** The latest first. */
  readonly banners: readonly Banner[];
  readonly unread: number;
  readonly grants: readonly OurGrants[];
  readonly wechatGrants: readonly WeChatGrants[];
  readonly messages: readonly OurMessage[];
  readonly ourCards: readonly OurCard[];
  /** Whether there is a ticket to ask about the device with. */
  readonly deviceReady: boolean;
  readonly queue: Queue | undefined;
  readonly rows: readonly Row[];
}

/** A page on which nothing has happened yet. */
export const EMPTY: State = {
  language: 'zh',
  app: 1,
  screen: 'app',
  page: 'booking',
  platform: 'ios',
  templates: [],
  notice: undefined,
  problem: undefined,
  guide: undefined,
  asking: undefined,
  menu: undefined,
  settings: { mainSwitch: true, itemSettings: {} },
  noticeOf: undefined,
  cards: [],
  refused: [],
  banners: [],
  unread: 0,
  grants: [],
  wechatGrants: [],
  messages: [],
  ourCards: [],
  deviceReady: false,
  queue: undefined,
  rows: [],
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

/** The template that a page of the sample mini program works with. */
export function templateOf(page: Page, templates: readonly Template[]): Template | undefined {
  const title = { booking: '预约提醒', device: '设备缺水提醒', queue: undefined, tap: '预约提醒' }[page];
  return templates.find((template) => template.title === title);
}
