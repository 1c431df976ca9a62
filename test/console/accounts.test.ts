import { describe, expect, test } from 'vitest';
import { PRICE_DROP } from '../contract/running-service.ts';
import { lookAt, type View } from './browser.ts';
import { apiKey, speaking, startWorld } from './console-world.ts';

const T = PRICE_DROP.templateId;
const SHOP = { appId: 'wx2222222222222222', name: '青鸟商城' };
/** Has no template yet. */
const NEW = { appId: 'wx4444444444444444', name: '青鸟新店', templates: [] };
const EN: View = { language: 'en', width: 1280 };
const VIEWS: readonly View[] = [EN, { language: 'zh', width: 390 }];

const { stack, wechat, call, open, userWith } = await startWorld({
  moreApps: [SHOP, NEW],
  settings: {
    API_KEYS: JSON.stringify([
      apiKey('key-of-a-reader', ['read']),
      apiKey('key-of-a-sender', ['send']),
      apiKey('key-of-a-manager', ['manage']),
      apiKey('key-that-sends', ['read', 'send']),
      apiKey('key-that-manages', ['read', 'manage']),
      apiKey('key-of-the-shop', ['read', 'send', 'manage'], [SHOP.appId]),
    ]),
  },
});
await call('POST', '/v1/templates/sync');

describe('signing in', () => {
  test.each(VIEWS)(
    'the sign-in asks for a key and says what to do about a wrong one, in $language at $width px',
    async (view) => {
      const say = speaking(view);
      const page = await open('/', view, { key: 'wrong-key' });
      await page.getByText(say('The token is not valid', 'API Key 无效')).waitFor();
      await lookAt(page, 'sign-in', view);
      await page.getByLabel(say('API key', 'API Key'), { exact: true }).fill('key-of-a-reader');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: say('Overview', '概览') }).waitFor();
    },
  );

  test('the key is taken out of the address, stays in the tab, and goes with the sign-out', async () => {
    const page = await open('/users', EN, { key: 'key-of-a-reader' });
    await page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
    expect(page.url()).not.toContain('key-of-a-reader');
    expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain('key-of-a-reader');
    await page.reload();
    await page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Account and display' }).click();
    await page.getByText('key-of-a-reader').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  test('where the service is not reached the key is kept, and the sign-in tries again', async () => {
    const page = await open('/users', EN, { key: 'key-of-a-reader' });
    await page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
    await page.route('**/v1/apps', (route) => route.abort(), { times: 3 });
    await page.reload();
    await page.getByText('The service was not reached').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
  });
});

describe('a key without a scope can neither see nor do it', () => {
  const send = { name: 'Send a message' };
  const erase = { name: 'Erase this user' };

  test.each([
    { key: 'key-of-a-reader', offers: [] },
    { key: 'key-that-sends', offers: [send] },
    { key: 'key-that-manages', offers: [erase] },
  ])(
    '$key is offered of a user what it may do, and the service refuses the rest',
    async ({ key, offers }) => {
      const openid = await userWith(T, 1);
      const page = await open(`/users/${openid}`, EN, { key });
      await page.getByText('What the numbers mean').waitFor();
      for (const button of [send, erase])
        expect(await page.getByRole('button', button).count()).toBe(offers.includes(button) ? 1 : 0);
      if (!offers.includes(erase))
        expect((await call('DELETE', `/v1/users/${openid}`, undefined, { key })).status).toBe(403);
      if (!offers.includes(send))
        expect((await call('POST', '/v1/messages', { to: openid, ...PRICE_DROP }, { key })).status).toBe(403);
    },
  );

  test('a key that only reads makes, starts, adds and names nothing', async () => {
    const audience = { type: 'grantees' };
    const { body } = await call('POST', '/v1/campaigns', { name: 'Read only', ...PRICE_DROP, audience });
    const page = await open(`/campaigns/${body.id}`, EN, { key: 'key-of-a-reader' });
    await page.getByRole('heading', { name: 'Read only' }).waitFor();
    // Beside the menu, the account and what shows more there is nothing to press.
    for (const path of [`/campaigns/${body.id}`, '/campaigns', '/templates', `/templates/${T}`]) {
      await page.goto(`${stack.apiUrl}/console${path}`);
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      const offered = page.getByRole('button', { name: /Send|Delete|Pause|Activate|Save|Read again/ });
      expect(await offered.count()).toBe(0);
      expect(await page.getByRole('link', { name: /Make a campaign|Add from the library/ }).count()).toBe(0);
    }
    expect((await call('POST', `/v1/campaigns/${body.id}/runs`, {}, { key: 'key-of-a-reader' })).status).toBe(
      403,
    );
  });

  test.each(['key-of-a-sender', 'key-of-a-manager'])(
    '%s is told that it lacks the scope to read',
    async (key) => {
      const page = await open('/', EN, { key });
      await page.getByText('The API key lacks a scope').waitFor();
    },
  );

  test('a key for one mini program sees no other, and no queues that all share', async () => {
    const openid = await userWith(T, 1);
    const page = await open(`/users/${openid}`, EN, { key: 'key-of-the-shop' });
    await page.getByText('Nothing is recorded of this user').waitFor();
    expect(await page.getByText(stack.env['WECHAT_APP_ID'] ?? '').count()).toBe(0);
    await page.getByText(SHOP.name).first().waitFor();
    const { body } = await call('GET', '/v1/apps', undefined, { key: 'key-of-the-shop' });
    expect([body.items.length, body.deadLetters]).toEqual([1, undefined]);
  });
});

describe('several mini programs', () => {
  test('the choice changes all pages, and nothing of the one is shown as the other’s', async () => {
    const openid = await userWith(T, 2);
    const page = await open(`/users/${openid}`, EN);
    await page.getByRole('table', { name: 'Grants' }).waitFor();
    await page.getByLabel('Mini program', { exact: true }).first().click();
    await page.getByRole('option', { name: SHOP.name }).click();
    await page.getByText('Nothing is recorded of this user').waitFor();
    expect(await page.getByText('price-drop').count()).toBe(0);
    await page.reload();
    await page.getByText('Nothing is recorded of this user').waitFor();
  });

  test('where an account has no template the way to some is offered, where a message is written', async () => {
    const page = await open('/campaigns/new', EN, { appid: NEW.appId });
    await page.getByText('No template is known yet').waitFor();
    await lookAt(page, 'no-templates', EN);
    const [template] = wechat.templates();
    if (template)
      wechat
        .apps()
        .find(({ appId }) => appId === NEW.appId)
        ?.addTemplates([template]);
    await page.getByRole('button', { name: 'Read the templates from WeChat' }).click();
    await page.getByLabel('Name', { exact: true }).waitFor();
  });

  test.each(VIEWS)('each shows its state, in $language at $width px', async (view) => {
    const say = speaking(view);
    const page = await open('/apps', view);
    await page.getByRole('table').getByText(SHOP.name).waitFor();
    await lookAt(page, 'several-apps', view);
    await page.getByRole('button', { name: `${say('Show', '切换')} ${SHOP.name}` }).click();
    await page
      .getByRole('button', { name: `${say('Show', '切换')} ${stack.env['WECHAT_APP_ID']}` })
      .waitFor();
  });
});

describe('how the page looks', () => {
  test('language, colors and the zone of times are chosen once and stay', async () => {
    const page = await open('/', EN, { isFresh: true });
    await page.getByRole('button', { name: 'Account and display' }).click();
    await page.getByText('中文', { exact: true }).click();
    await page.getByRole('heading', { name: '概览' }).waitFor();
    await page.getByText('深色', { exact: true }).click();
    const zone = page.getByLabel('时间显示所用的时区').first();
    await zone.click();
    await zone.fill('New_York');
    await page.getByRole('option', { name: 'America/New_York' }).click();
    await page.goto(`${stack.apiUrl}/console/templates`);
    await page.getByRole('heading', { name: '模板', exact: true }).waitFor();
    expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe('dark');
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    const read = page.getByRole('table').locator('time').first();
    const hourThere = new Intl.DateTimeFormat('zh-CN', {
      timeZone: 'America/New_York',
      hour: '2-digit',
      hourCycle: 'h23',
    }).format(new Date((await read.getAttribute('datetime')) ?? ''));
    expect(await read.textContent()).toContain(` ${hourThere.slice(0, 2)}:`);
  });

  test('the whole way to a page goes by keyboard, and the focus follows it', async () => {
    const page = await open('/', EN);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.getByRole('link', { name: 'Users' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
  });

  test('at 390 px the menu opens, closes by itself on the way, and nothing is cut off', async () => {
    const view: View = { language: 'zh', width: 390 };
    const page = await open('/', view);
    await page.getByRole('button', { name: '菜单' }).click();
    await lookAt(page, 'menu', view);
    await page.getByRole('link', { name: '操作记录' }).click();
    await page.getByRole('heading', { name: '操作记录' }).waitFor();
    expect(await page.getByRole('link', { name: '用户' }).isVisible()).toBe(false);
  });

  test.each([
    { path: '/', name: 'overview', width: 1280 },
    { path: '/campaigns/new', name: 'campaign-message', width: 390 },
    { path: '/messages?status=failed', name: 'messages', width: 1280 },
    { path: '/audit', name: 'audit', width: 390 },
  ])('$name can be read in the dark at $width px', async ({ path, name, width }) => {
    const view: View = { language: 'zh', width, colors: 'dark' };
    const page = await open(path, view);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await lookAt(page, name, view);
  });
});
