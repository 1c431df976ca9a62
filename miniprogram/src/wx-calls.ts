/** What these calls answer, as far as it matters for asking. */
export interface WxCallAnswers {
  readonly request: { readonly statusCode: number; readonly data: unknown };
  readonly downloadFile: { readonly statusCode: number; readonly tempFilePath: string };
  readonly getSetting: { readonly authSetting: object };
  readonly showModal: { readonly confirm: boolean };
  readonly showActionSheet: { readonly tapIndex: number };
  readonly requestPayment: object;
  readonly requestOrderPayment: object;
}

/** A call of `wx` after which the user may be asked: its callbacks have the click state (WeChat contract §7.1). */
export type WxCall = keyof WxCallAnswers;

/** Callbacks that the options of such a call may have. */
export interface WxCallOptions {
  success?(answer: unknown): unknown;
  fail?(failure: unknown): unknown;
}

/** The part of `wx` that is used here; what is missing is not used. */
export interface WxCalls {
  request?(options: WxCallOptions): unknown;
  downloadFile?(options: WxCallOptions): unknown;
  getSetting?(options: WxCallOptions): unknown;
  showModal?(options: WxCallOptions): unknown;
  showActionSheet?(options: WxCallOptions): unknown;
  requestPayment?(options: WxCallOptions): unknown;
  requestOrderPayment?(options: WxCallOptions): unknown;
}

/** The options that `wx` takes for a call. */
export type OptionsOf<W, C extends WxCall> = C extends keyof W
  ? NonNullable<W[C]> extends (options: infer O) => unknown
    ? NonNullable<O>
    : WxCallOptions
  : WxCallOptions;
