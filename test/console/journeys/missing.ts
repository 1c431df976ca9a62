import { expect, test } from 'vitest';
import { PRICE_DROP } from '../../contract/running-service.ts';
import { lookAt, type View } from '../browser.ts';
import { speaking, type World } from '../console-world.ts';

const T = PRICE_DROP.templateId;
const NO_RUN = `run_${'0'.repeat(32)}`;

/** What is looked up by its id and is not there. */
export function missingJourneys(
  { stack, call, open, userWith }: World,
  view: View,
  { appId }: { readonly appId: string },
): void {
  const say = speaking(view);

  test('of an id that nothing has each page says what it looked for, in which mini program, and where else to look', async () => {
    const { body: campaign } = await call('POST', '/v1/campaigns', {
      name: 'For one',
      ...PRICE_DROP,
      audience: { type: 'recipients', recipients: [{ openid: await userWith(T, 1) }] },
    });
    const places = [
      ['/messages/msg_cut-off', say('has no message with this id', '没有这条消息')],
      [`/messages/${NO_RUN}`, say('It is the id of a run', '这是一次群发的编号')],
      ['/campaigns/none', say('has no campaign with this id', '没有这个群发活动')],
      [`/campaigns/${campaign.id}/runs/${NO_RUN}`, say('has no run with this id', '没有这次群发')],
      ['/templates/none', say('has no template with this id', '没有这个模板')],
    ] as const;
    const page = await open(places[0][0], view);
    for (const [path, words] of places) {
      await page.goto(`${stack.apiUrl}/console${path}`);
      const told = page.getByRole('alert');
      await told.getByText(words).waitFor();
      await told.getByText(path.split('/').at(-1) ?? '', { exact: true }).waitFor();
      // The same once more, or deleting it, cannot help.
      expect(await page.getByRole('alert').count()).toBe(1);
      expect(await page.getByRole('button', { name: say(/Try again|Delete/, /重试|删除/) }).count()).toBe(0);
    }
    await lookAt(page, 'missing', view);
  });

  test('what another mini program has is found there by one press, and the user whom an id names by one link', async () => {
    const openid = await userWith(T, 1);
    const { body } = await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP });
    const page = await open(`/messages/${body.id}`, view, { appid: appId });
    await lookAt(page, 'missing-message', view);
    await page.getByRole('button', { name: say(/^Look in /, /中查找$/) }).click();
    await page.getByText(say('What happened', '经过')).waitFor();
    await page.goto(`${stack.apiUrl}/console/messages/${body.id.replace(/_[0-9a-f]{8}/, '_00000000')}`);
    await page.getByRole('link', { name: openid }).click();
    await page.getByRole('table', { name: say('Grants', '授权') }).waitFor();
    await page.goto(`${stack.apiUrl}/console/users/o-nobody`);
    await page.getByText(say('Nothing is recorded of this user', '没有该用户的任何记录')).waitFor();
    await page.getByRole('button', { name: say(/^Look in /, /中查找$/) }).waitFor();
    await page.goto(`${stack.apiUrl}/console/users/no%20openid`);
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('button', { name: say('Try again', '重试') }).count()).toBe(0);
  });
}
