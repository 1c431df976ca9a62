import type { WxModals } from './wx.js';
/** Answers in the popup's place, where none can be shown: one of WeChat's words for each template. */
export type StandIn = (templateIds: readonly string[]) => Promise<Readonly<Record<string, string>>>;
/** A stand-in that asks in a dialog and answers for all templates alike. */
export declare function modalStandIn(wx: WxModals): StandIn;
