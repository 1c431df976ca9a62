/** The user acted on the subscribe panel (WeChat contract §6.4, `subscribe_msg_popup_event`). */
export interface PopupEvent {
  readonly type: 'popup';
  readonly openid: string;
  /** The moment of the tap, known to the second. */
  readonly createdAtMs: number;
  readonly items: readonly {
    readonly templateId: string;
    readonly status: string;
    readonly scene?: number;
  }[];
}

/** The user turned templates off (WeChat contract §6.4, `subscribe_msg_change_event`). */
export interface ChangeEvent {
  readonly type: 'change';
  readonly openid: string;
  readonly createdAtMs: number;
  readonly items: readonly { readonly templateId: string; readonly status: string }[];
}

/** The final result of sends that WeChat had accepted (WeChat contract §6.4, `subscribe_msg_sent_event`). */
export interface SentEvent {
  readonly type: 'sent';
  readonly openid: string;
  readonly createdAtMs: number;
  readonly items: readonly {
    readonly templateId: string;
    readonly msgid?: string;
    /** 0 is success. */
    readonly errcode: number;
    readonly errorStatus: string;
  }[];
}

/** What WeChat tells about subscribe messages. It may tell it twice, late and in any order. */
export type SubscribeEvent = PopupEvent | ChangeEvent | SentEvent;
