import * as v from 'valibot';
import type { SimulatedCard } from './cards.ts';
import { type ControlRoute, route } from './control-route.ts';
import { durationMs } from './faults.ts';

const whole = v.pipe(v.number(), v.integer());

const codeSchema = v.strictObject({
  openid: v.string(),
  notifyType: v.exactOptional(whole),
  payAmount: v.exactOptional(v.pipe(whole, v.minValue(0))),
  knownInMs: v.exactOptional(durationMs),
});

const changesSchema = v.strictObject({
  code: v.string(),
  codeState: v.exactOptional(v.picklist([0, 2, 10])),
  failRet: v.exactOptional(v.nullable(whole)),
});

const filterSchema = v.strictObject({ openid: v.exactOptional(v.string()) });

/** The routes about service cards. */
export const CARD_ROUTES: readonly ControlRoute[] = [
  route(
    'POST',
    '/_control/card-codes',
    'a tap on <button open-type="liveActivity"> {openid, notifyType}, or a pay order {openid, payAmount, knownInMs?}; answers {code}',
    codeSchema,
    (c, code) => ({ code: c.cardCode(code) }),
  ),
  route('GET', '/_control/cards', 'the service cards; ?openid=', filterSchema, (c, { openid }) => ({
    items: c.cards(openid).map(listed),
  })),
  route(
    'POST',
    '/_control/cards',
    'change one {code, codeState?: 0|2|10, failRet?: number|null}: 10 is refused by the user, failRet fails its notifications',
    changesSchema,
    (c, changes) => listed(c.changeCard(changes)),
  ),
];

function listed({ isLocked: _, ...card }: SimulatedCard) {
  return card;
}
