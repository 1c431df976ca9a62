import * as v from 'valibot';

/**
 * WeChat's own answer about a call (WeChat contract §0.1). An error class has the `rid` as a property even
 * where there is none.
 */
export const weChatAnswer = v.pipe(
  v.object({ errcode: v.number(), errmsg: v.string(), rid: v.optional(v.string()) }),
  v.transform(({ errcode, errmsg, rid }) => ({ errcode, errmsg, ...(rid !== undefined && { rid }) })),
);

/** An errcode, what WeChat says about it, and the id under which WeChat can look the request up. */
export type WeChatAnswer = Readonly<v.InferOutput<typeof weChatAnswer>>;
