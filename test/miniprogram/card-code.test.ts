import { expect, test } from 'vitest';
import { startWeChatSimulator } from '../../local/wechat-simulator/index.ts';
import { cardCodeOf } from './built.ts';

test('the code of a tap on the button of a service card is in the event’s detail', async () => {
  const wechat = await startWeChatSimulator();
  const code = wechat.cardCode({ openid: wechat.createUser(), notifyType: 1005 });
  await wechat.close();
  expect(cardCodeOf({ type: 'createliveactivity', detail: { code } })).toEqual({ code });
});

test.each([
  undefined,
  null,
  {},
  { detail: null },
  { detail: {} },
  { detail: { code: '' } },
  { detail: { code: 7 } },
])('an event without one, %j, says what to look at, in both languages', (event) => {
  const { code, error } = cardCodeOf(event);
  expect(code).toBeUndefined();
  expect(error).toEqual({
    message: expect.stringMatching(/./),
    tell: { en: expect.stringContaining('2.26.2'), zh: expect.stringContaining('2.26.2') },
  });
});

test('WeChat’s own words are kept', () => {
  const { error } = cardCodeOf({ detail: { errMsg: 'createLiveActivity:fail no permission' } });
  expect(error?.message).toBe('createLiveActivity:fail no permission');
});
