import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import type { StackOptions } from '../../local/stack/stack.ts';
import { PRICE_DROP } from '../contract/running-service.ts';

/** Where a stack answers that runs in a process of its own. */
export interface StackElsewhere {
  readonly apiUrl: string;
  readonly wechatUrl: string;
}

/** Starts a stack that does not share a core with the test; it ends with the test. */
export async function startElsewhere(
  options: Pick<StackOptions, 'followChanges'> = {},
): Promise<StackElsewhere> {
  const child = fork(new URL('stack-process.ts', import.meta.url), [JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  onTestFinished(async () => {
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  });
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  return JSON.parse(line);
}

/** The answer to a call with the operator's key; a POST where there is a body. */
// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the test expects of it
export async function ask(url: string, body?: unknown): Promise<any> {
  const response = await fetch(url, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json' },
  });
  return response.json();
}

/** New users who have each allowed one message, at WeChat and at the service. */
export async function allowOneEach(
  { apiUrl, wechatUrl }: StackElsewhere,
  count: number,
): Promise<readonly string[]> {
  const { openids }: { openids: string[] } = await ask(`${wechatUrl}/_control/users`, { count });
  const results = { [PRICE_DROP.templateId]: 'accept' };
  const left = [...openids];
  const allow = async () => {
    for (let openid = left.pop(); openid !== undefined; openid = left.pop()) {
      await ask(`${wechatUrl}/_control/subscribe`, { openid, results });
      await ask(`${apiUrl}/v1/grants`, { openid, requestId: 'tap', results });
    }
  };
  await Promise.all(Array.from({ length: 8 }, allow));
  return openids;
}

/** How many sends WeChat has accepted. */
export async function acceptedSends({ wechatUrl }: StackElsewhere): Promise<number> {
  return (await ask(`${wechatUrl}/_control/received?limit=1`)).stats.acceptedSends;
}
