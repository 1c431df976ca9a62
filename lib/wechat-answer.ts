import * as v from 'valibot';

/**
 * The errcode, errmsg and rid of an answer of WeChat's (WeChat contract §0.1). An error class has `rid` as a
 * property even where there is none, so it is dropped.
 */
export const weChatAnswer = v.pipe(
  v.object({ errcode: v.number(), errmsg: v.string(), rid: v.optional(v.string()) }),
  v.transform(({ errcode, errmsg, rid }) => ({ errcode, errmsg, ...(rid !== undefined && { rid }) })),
);

/** An errcode, what WeChat says about it, and the id under which WeChat can look the request up. */
export type WeChatAnswer = Readonly<v.InferOutput<typeof weChatAnswer>>;
