import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { PRICE_DROP } from '../contract/running-service.ts';
import { lookAt, startConsole, VIEWS } from './console-world.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const KEYS = [
  { name: 'reader', sha256: sha256('key-of-a-reader'), scopes: ['read'] },
  { name: 'sender', sha256: sha256('key-of-a-sender'), scopes: ['send'] },
];
const { stack, open, userWith } = await startConsole({ settings: { API_KEYS: JSON.stringify(KEYS) } });

test.each(VIEWS)(
  'the sign-in asks for a key and says what to do about a wrong one, in $language at $width px',
  async (view) => {
    const zh = view.language === 'zh';
    const page = await open('/', { ...view, key: 'wrong-key' });
    await page.getByText(zh ? 'API Key 无效' : 'The token is not valid').waitFor();
    await lookAt(page, 'sign-in', view);
    await page.getByLabel(zh ? 'API Key' : 'API key', { exact: true }).fill('key-of-a-reader');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: zh ? '概览' : 'Overview' }).waitFor();
  },
);

test('the key is taken out of the address, stays in the tab, and goes with the sign-out', async () => {
  const page = await open('/users', { language: 'en', width: 1280, key: 'key-of-a-reader' });
  await page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
  expect(page.url()).not.toContain('key-of-a-reader');
  expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain('key-of-a-reader');
  await page.reload();
  await page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Account and display' }).click();
  await page.getByText('reader').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
  await page.reload();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});

test('a key that only reads is not offered to send or to erase, and the service refuses it too', async () => {
  const openid = await userWith(PRICE_DROP.templateId, 1);
  const page = await open(`/users/${openid}`, { language: 'en', width: 1280, key: 'key-of-a-reader' });
  await page.getByText('What the numbers mean').waitFor();
  expect(await page.getByRole('button', { name: 'Send a message' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Erase this user' }).count()).toBe(0);
  const refused = await fetch(`${stack.apiUrl}/v1/users/${openid}`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer key-of-a-reader' },
  });
  expect(refused.status).toBe(403);
});

test('a key that may not read is told which scope it lacks', async () => {
  const page = await open('/', { language: 'en', width: 1280, key: 'key-of-a-sender' });
  await page.getByText('The API key lacks a scope').waitFor();
});

test('language, colors and the zone of times are chosen once and stay', async () => {
  const page = await open('/', { language: 'en', width: 1280 });
  await page.getByRole('button', { name: 'Account and display' }).click();
  await page.getByText('中文', { exact: true }).click();
  await page.getByRole('heading', { name: '概览' }).waitFor();
  await page.getByText('深色', { exact: true }).click();
  await page.reload();
  await page.getByRole('heading', { name: '概览' }).waitFor();
  expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe('dark');
  expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
});

test('the whole way to a page goes by keyboard, and the focus follows it', async () => {
  const page = await open('/', { language: 'en', width: 1280 });
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.getByRole('link', { name: 'Users' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
});

test('at 390 px the menu opens, closes by itself on the way, and nothing is cut off', async () => {
  const page = await open('/', { language: 'zh', width: 390 });
  await page.getByRole('button', { name: '菜单' }).click();
  await lookAt(page, 'menu', { language: 'zh', width: 390 });
  await page.getByRole('link', { name: '操作记录' }).click();
  await page.getByRole('heading', { name: '操作记录' }).waitFor();
  expect(await page.getByRole('link', { name: '用户' }).isVisible()).toBe(false);
});
