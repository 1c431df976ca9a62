import { expect, test } from 'vitest';
import { kindOf, openidIn } from '../../../console/src/parts/missing-texts.ts';
import { recipientSendId } from '../../../lib/campaigns/runs/recipient-port.ts';
import { cardIdOf } from '../../../lib/cards/card.ts';
import { messageIdOf } from '../../../lib/messages/message.ts';

const OPENID = 'oDemo_xiaoming_EssXvvJkkoj58';
const STEM = '0198f3a0000070008000000000000000';
const RUN = `run_${STEM}`;

test.each([
  ['message', messageIdOf(STEM, OPENID)],
  ['recipient', recipientSendId({ runId: RUN, index: 3, openid: OPENID })],
  ['card', cardIdOf({ openid: OPENID, notifyType: 1005, code: 'code' })],
])('an id of a %s tells what it is of, and its user', (kind, id) => {
  expect(kindOf(id)).toBe(kind);
  expect(openidIn(id)).toBe(OPENID);
});

test('an id of a run names no user, and an openid is its user', () => {
  expect([kindOf(RUN), openidIn(RUN)]).toEqual(['run', undefined]);
  expect([kindOf(OPENID), openidIn(OPENID)]).toEqual([undefined, OPENID]);
  expect([kindOf('none'), openidIn('none')]).toEqual([undefined, undefined]);
});
