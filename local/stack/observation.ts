/** The header of a request by which somebody only watches the stack, such as the phone's page. */
export const WATCHING_HEADER = 'x-qingniao-watching';

/** The header of a request that says which mini program it is for. */
export const APP_HEADER = 'x-wechat-appid';

/** Something that the local stack did, for whoever watches it. Times are in milliseconds. */
export type Observation =
  | {
      type: 'request';
      method: string;
      path: string;
      status: number;
      ms: number;
      /** Asked by who only watches the stack, over and over. */
      isWatching: boolean;
      /** The appid that it names, if it does. */
      appId?: string;
    }
  | { type: 'batch'; function: string; records: number; failed: number; ms: number }
  | { type: 'tick'; function: string; ms: number }
  | { type: 'fault'; function: string; error: Error };

/** Is told of each observation as it happens. */
export type Observe = (observation: Observation) => void;
