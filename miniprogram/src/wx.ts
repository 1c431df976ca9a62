/** An answer of WeChat's that says why a call failed. */
export interface WxFailure {
  readonly errMsg: string;
  /** Also seen as a text. */
  readonly errCode?: number | string;
  /** Where some clients put the code. */
  readonly errno?: number | string;
}

/** What `wx.requestSubscribeMessage` takes (WeChat contract §7.1). */
export interface WxSubscribeOptions {
  tmplIds: string[];
  /** One answer for each template, and `errMsg`. Cancelling the popup arrives here too. */
  success(answers: object): void;
  fail(failure: WxFailure): void;
}

/** `subscriptionsSetting` of `wx.getSetting`: only templates with a kept choice are itemised (WeChat contract §7.2). */
export interface WxSubscriptionsSetting {
  readonly mainSwitch?: boolean;
  readonly itemSettings?: object;
}

/** What `wx.getSetting` answers; without `subscriptionsSetting` before base library 2.10.1. */
export interface WxSettings {
  readonly subscriptionsSetting?: WxSubscriptionsSetting;
}

/** What `wx.getSetting` takes. */
export interface WxGetSettingOptions {
  withSubscriptions: boolean;
  success(answer: WxSettings): void;
  fail(failure: WxFailure): void;
}

/** What `wx.login` answers. */
export interface WxLoginAnswer {
  readonly code: string;
}

/** What `wx.login` takes. */
export interface WxLoginOptions {
  success(answer: WxLoginAnswer): void;
  fail(failure: WxFailure): void;
}

/** What `wx.request` answers. */
export interface WxResponse {
  readonly statusCode: number;
  readonly data: unknown;
}

/** What `wx.request` takes. */
export interface WxRequestOptions {
  url: string;
  method: 'GET' | 'POST';
  data: object;
  header: Record<string, string>;
  timeout: number;
  success(answer: WxResponse): void;
  fail(failure: WxFailure): void;
}

/** What `wx.showModal` takes. */
export interface WxShowModalOptions {
  title: string;
  content: string;
  confirmText: string;
  cancelText: string;
  success(answer: { readonly confirm: boolean }): void;
  fail(failure: WxFailure): void;
}

/**
 * The part of `wx` that the module uses. WeChat's own `wx` is one; a test or a browser page hands over another.
 * What is optional is missing from old base libraries.
 */
export interface Wx {
  /** From base library 2.4.4. */
  requestSubscribeMessage?(options: WxSubscribeOptions): unknown;
  /** `withSubscriptions` from base library 2.10.1; earlier ones ignore it. */
  getSetting(options: WxGetSettingOptions): unknown;
  login(options: WxLoginOptions): unknown;
  getStorageSync(key: string): unknown;
  setStorageSync(key: string, value: unknown): void;
  /** From base library 2.20.1. */
  getAppBaseInfo?(): { readonly SDKVersion?: string };
  /** From base library 2.20.1. */
  getDeviceInfo?(): { readonly platform?: string };
  getSystemInfoSync?(): { readonly SDKVersion?: string; readonly platform?: string };
  /** From base library 2.2.2. */
  getAccountInfoSync?(): { readonly miniProgram: { readonly envVersion?: string } };
  onNetworkStatusChange?(listener: (status: { readonly isConnected: boolean }) => unknown): void;
}

/** The part of `wx` that carries requests to a domain of one's own. */
export interface WxRequests {
  request(options: WxRequestOptions): unknown;
}

/** The part of `wx` that the stand-in for the popup shows itself with. */
export interface WxModals {
  showModal(options: WxShowModalOptions): unknown;
}
