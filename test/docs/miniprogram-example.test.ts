import { expect, onTestFinished, test } from 'vitest';
import { startStack } from '../../local/stack/stack.ts';
import { SAMPLE_OPENIDS, SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { exampleOf } from './examples.ts';

const PAGES = ['docs/en/plain-wx.md', 'docs/zh/plain-wx.md'];

const openid = SAMPLE_OPENIDS[0]!;
const template = SAMPLE_TEMPLATES[0]!.templateId;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Request {
  readonly url: string;
  readonly method: string;
  readonly data?: unknown;
  readonly header: Record<string, string>;
  success(answer: { statusCode: number; data: unknown }): void;
  fail(error: { errMsg: string }): void;
}

interface MiniProgram {
  askFor(templateIds: readonly string[]): void;
  report(): Promise<void>;
}

/** The page's code on a phone whose network can be taken away, with what left it and what it keeps. */
async function usePhone(readme: string) {
  const stack = await startStack({ logger: quiet, dispatchEverySeconds: 0 });
  onTestFinished(() => stack.close());
  const storage = new Map<string, unknown>();
  const phone = {
    storage,
    stack,
    online: true,
    losesAnswers: false,
    page: undefined as string | undefined,
    lost: 0,
    reports: [] as unknown[],
  };
  const wx = {
    getStorageSync: (name: string) => storage.get(name) ?? '',
    setStorageSync: (name: string, value: unknown) => void storage.set(name, structuredClone(value)),
    removeStorageSync: (name: string) => void storage.delete(name),
    login: async () => ({ code: stack.wechat!.login(openid) }),
    requestSubscribeMessage({ tmplIds, success }: { tmplIds: string[]; success: (answer: object) => void }) {
      const results = Object.fromEntries(tmplIds.map((id) => [id, 'accept' as const]));
      stack.wechat!.subscribe({ openid, results });
      success({ errMsg: 'requestSubscribeMessage:ok', ...results });
    },
    async request({ url, method, data, header, success, fail }: Request) {
      if (!phone.online) return fail({ errMsg: 'request:fail' });
      if (url.endsWith('/v1/grants')) phone.reports.push(data);
      if (phone.page !== undefined) return success({ statusCode: 200, data: phone.page });
      const headers = { ...header, 'content-type': 'application/json' };
      const response = await fetch(url, { method, headers, body: JSON.stringify(data) }).catch(
        () => undefined,
      );
      if (!response) return fail({ errMsg: 'request:fail' });
      const answer = { statusCode: response.status, data: await response.json() };
      if (!phone.losesAnswers) return success(answer);
      phone.lost += 1;
      fail({ errMsg: 'request:fail timeout' });
    },
  };
  const code = exampleOf(readme, 'miniprogram').replace('https://api.example.com', stack.apiUrl);
  const app = new Function('wx', `${code}\nreturn { askFor, report };`)(wx) as MiniProgram;
  const kept = () => (storage.get('reports') ?? []) as unknown[];
  return { phone, app, kept };
}

async function available(apiUrl: string): Promise<unknown> {
  const headers = { authorization: 'Bearer dev-key' };
  const response = await fetch(`${apiUrl}/v1/grants?openid=${openid}`, { headers });
  const { items } = (await response.json()) as { items: { available: number }[] };
  return items[0]?.available;
}

test.each(PAGES)('%s: a tap is reported and then no longer kept', async (readme) => {
  const { phone, app, kept } = await usePhone(readme);
  app.askFor([template]);
  await expect.poll(kept).toEqual([]);
  expect(await available(phone.stack.apiUrl)).toBe(1);
});

test.each(PAGES)('%s: a report whose answer got lost is sent again and counts once', async (readme) => {
  const { phone, app, kept } = await usePhone(readme);
  await app.report(); // logs in while the line is good
  phone.losesAnswers = true;
  app.askFor([template]);
  await expect.poll(() => phone.lost).toBe(1);
  expect(kept()).toHaveLength(1);
  phone.losesAnswers = false;
  await app.report();
  expect(kept()).toEqual([]);
  expect(phone.reports).toHaveLength(2);
  expect(phone.reports[1]).toEqual(phone.reports[0]);
  expect(await available(phone.stack.apiUrl)).toBe(1);
});

test.each(PAGES)('%s: taps without a network all go out later', async (readme) => {
  const { phone, app, kept } = await usePhone(readme);
  phone.online = false;
  app.askFor([template]);
  app.askFor([template]);
  expect(kept()).toHaveLength(2);
  phone.online = true;
  await app.report();
  expect(kept()).toEqual([]);
  expect(await available(phone.stack.apiUrl)).toBe(2);
});

test.each(PAGES)('%s: a session that is refused is not kept', async (readme) => {
  const { phone, app, kept } = await usePhone(readme);
  phone.storage.set('session', { token: 'stale', expiresAt: '2099-01-01T00:00:00.000Z' });
  app.askFor([template]);
  await expect.poll(() => phone.storage.has('session')).toBe(false);
  await app.report();
  expect(kept()).toEqual([]);
  expect(await available(phone.stack.apiUrl)).toBe(1);
});

test.each(PAGES)(
  "%s: a page of a gateway or an empty answer in the place of the service's drops no report",
  async (readme) => {
    const { phone, app, kept } = await usePhone(readme);
    await app.report();
    for (const page of ['<html>Welcome</html>', '']) {
      phone.page = page;
      app.askFor([template]);
      await expect(app.report()).rejects.toMatchObject({ statusCode: 200 });
    }
    expect(kept()).toHaveLength(2);
    phone.page = undefined;
    await app.report();
    expect(kept()).toEqual([]);
    expect(await available(phone.stack.apiUrl)).toBe(2);
  },
);
