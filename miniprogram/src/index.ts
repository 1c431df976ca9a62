export type { Advice } from './advice.ts';
export type { SetTimer, Timeouts } from './patience.ts';
export { createQingniao, type Qingniao, type QingniaoOptions } from './qingniao.ts';
export type { Remaining, RemainingOf } from './remaining.ts';
export type { BookedMessage, RemindOptions, RemindOutcome, When } from './remind-me.ts';
export type { Device, Report, Reports } from './reports.ts';
export { type FieldProblem, isServiceError, type ServiceError } from './service-error.ts';
export type { Session } from './session.ts';
export type { SubscriptionSettings } from './settings.ts';
export type { StandIn } from './stand-in.ts';
export type { SubscribeError, SubscribeErrorCode } from './subscribe-error.ts';
export type {
  Answered,
  GuideReason,
  NotAsked,
  SubscribeOutcome,
  TemplateAnswer,
} from './subscribe-outcome.ts';
export { type ApiAnswer, type ApiRequest, ownBackend, ownDomain, type Transport } from './transport.ts';
export type {
  Wx,
  WxFailure,
  WxGetSettingOptions,
  WxLoginAnswer,
  WxLoginOptions,
  WxModals,
  WxRequestOptions,
  WxRequests,
  WxResponse,
  WxSettings,
  WxShowModalOptions,
  WxSubscribeOptions,
  WxSubscriptionsSetting,
} from './wx.ts';
