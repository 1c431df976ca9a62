import * as v from 'valibot';
import { nothing, wholeNumber } from '../control-inputs.ts';
import { type ControlRoute, route } from '../control-route.ts';
import { callbackChangesSchema } from './callback.ts';
import { forgerySchema } from './forgery.ts';
import { pushFaultSchema } from './push-faults.ts';

const texts = v.record(
  v.pipe(v.string(), v.regex(/^\w+$/, 'Give a name of letters and digits.')),
  v.string(),
);

const pushSchema = v.strictObject({
  openid: v.string(),
  msgType: v.exactOptional(v.string()),
  event: v.exactOptional(v.string()),
  createTime: v.exactOptional(v.pipe(v.number(), v.integer())),
  fields: v.exactOptional(texts),
  items: v.exactOptional(v.array(texts)),
  forgery: v.exactOptional(forgerySchema),
});

const filterSchema = v.strictObject({
  event: v.exactOptional(v.string()),
  openid: v.exactOptional(v.string()),
  message: v.exactOptional(wholeNumber),
  after: v.exactOptional(wholeNumber),
  limit: v.exactOptional(wholeNumber),
});

/** The routes about what WeChat pushes. */
export const PUSH_ROUTES: readonly ControlRoute[] = [
  route('GET', '/_control/callback', 'where messages are pushed and how', nothing, (c) => ({
    callback: c.callback() ?? null,
  })),
  route(
    'POST',
    '/_control/callback',
    'set or change it {url, token, aesKey, mode?: plaintext|compatible|safe, format?: xml|json}',
    callbackChangesSchema,
    (c, changes) => ({ callback: c.setCallback(changes) }),
  ),
  route('DELETE', '/_control/callback', 'push nothing any more', nothing, (c) => {
    c.removeCallback();
    return { callback: null };
  }),
  route(
    'POST',
    '/_control/callback/verify',
    "WeChat's check of the URL; answers {verified, echostr, answer}",
    nothing,
    (c) => c.verifyCallback(),
  ),
  route(
    'POST',
    '/_control/push',
    'deliver one message once {openid, event?, items?, fields?, msgType?, createTime?, forgery?: {token?, aesKey?, appId?, mode?, format?, agedMs?, body?, query?}}; answers the delivery',
    pushSchema,
    (c, message) => c.pushOnce(message),
  ),
  route('GET', '/_control/push-faults', 'list the faults of pushes still to strike', nothing, (c) => ({
    items: c.pushFaults(),
  })),
  route(
    'POST',
    '/_control/push-faults',
    'go wrong with events {kind: lose|duplicate|delay|reorder|fail-send, event?, openid?, templateId?, times?, chance?, copies?, ms?, count?, errorCode?, errorStatus?}',
    pushFaultSchema,
    (c, fault) => {
      c.addPushFault(fault);
      return { items: c.pushFaults() };
    },
  ),
  route('DELETE', '/_control/push-faults', 'forget them, and let go what is kept back', nothing, (c) => {
    c.clearPushFaults();
    return { items: c.pushFaults() };
  }),
  route(
    'GET',
    '/_control/deliveries',
    'deliveries and their answers, oldest first, and counts; ?event= ?openid= ?message= ?after= ?limit=',
    filterSchema,
    (c, filter) => c.deliveries(filter),
  ),
];
