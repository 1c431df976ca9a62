/** What WeChat knows the mini program by. */
export interface Credentials {
  readonly appId: string;
  readonly appSecret: string;
}
