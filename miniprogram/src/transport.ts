import type { WxRequests } from './wx.ts';

/** A request to the service. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** With its query, as in `/v1/grants?templateId=…`. */
  readonly path: string;
  readonly body?: object;
  /** The session token; absent through a backend of one's own and when logging in. */
  readonly token?: string;
  /** Goes into the header `Idempotency-Key`. */
  readonly idempotencyKey?: string;
}

/** The service's answer, whatever its status. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends one request. What comes back may be anyone's answer. @throws ServiceError when none came. */
export type Send = (request: ApiRequest) => Promise<ApiAnswer>;

/** How requests reach the service. */
export interface Transport {
  /** Whether users log in to the service itself; false where a backend of the owner's speaks for them. */
  readonly sessions: boolean;
  /** Rejects only when no answer came. */
  send(request: ApiRequest): Promise<ApiAnswer>;
}

/** How long a request may take. */
const TIMEOUT_MS = 10_000;

/** Requests go straight to the service. Its domain must be among the request domains of the mini program. */
export function ownDomain(options: {
  readonly wx: WxRequests;
  readonly baseUrl: string;
  /** Of this mini program, where the service serves several: `wx.getAccountInfoSync().miniProgram.appId`. */
  readonly appId?: string;
}): Transport {
  return {
    sessions: true,
    send(request) {
      // The content type is JSON by default.
      const header: Record<string, string> = {};
      if (options.appId) header['x-wechat-appid'] = options.appId;
      if (request.token) header['authorization'] = `Bearer ${request.token}`;
      if (request.idempotencyKey) header['idempotency-key'] = request.idempotencyKey;
      return new Promise((success, fail) => {
        options.wx.request({
          url: options.baseUrl + request.path,
          method: request.method,
          header,
          data: request.body || {},
          timeout: TIMEOUT_MS,
          success({ statusCode, data }) {
            success({ status: statusCode, body: data });
          },
          fail,
        });
      });
    },
  };
}

/**
 * Requests go through a backend of the owner's or a cloud function, which knows the openid from WeChat itself and calls
 * the service with its API key. It must put in that openid and never take one from the phone.
 */
export function ownBackend(send: (request: ApiRequest) => Promise<ApiAnswer>): Transport {
  return { sessions: false, send };
}
