import { channel } from 'node:diagnostics_channel';

/** A send whose data the simulated WeChat refused by itself with 47003; a fault or a strictness that was asked for is none. */
export interface BadField {
  readonly templateId: string;
  readonly errmsg: string;
}

/** Tells whoever listens in this process of every refused field, of all simulators that run in it. */
export const badFields = channel('qingniao:wechat-simulator:bad-field');
