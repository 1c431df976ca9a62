import { expect, test, vi } from 'vitest';
import { PRICE_DROP, SHIPPED, startService } from '../../contract/running-service.ts';

/*
 * The real functions, writing their metrics where the deployed ones do: on standard output. What the lines add up to, going by
 * CloudWatch's rules for the embedded format, is held against what was made to happen.
 */
const NAMESPACE = 'qingniao/lines';
const { stack, wechat, operator, allow, ended } = await startService({
  followChanges: true,
  dispatchEverySeconds: 0,
  settings: { METRICS_NAMESPACE: NAMESPACE },
});

interface EmfLine {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly [
      {
        readonly Namespace: string;
        readonly Dimensions: readonly (readonly string[])[];
        readonly Metrics: readonly [{ readonly Name: string; readonly Unit: string }];
      },
    ];
  };
  readonly [field: string]: unknown;
}

/** What CloudWatch would make of the lines that are written during `deed`: values of `metric dimension=value …`. */
async function metricsOf(deed: () => Promise<void>): Promise<Map<string, number[]>> {
  const lines: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(...String(text).split('\n'));
    return true;
  });
  try {
    await deed();
    await stack.idle();
  } finally {
    stdout.mockRestore();
  }
  const metrics = new Map<string, number[]>();
  for (const text of lines.filter((line) => line.includes(NAMESPACE))) {
    const line = JSON.parse(text) as EmfLine;
    const [{ Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
    const value = line[Metrics[0].Name] as number | number[];
    for (const names of Dimensions) {
      const key = [Metrics[0].Name, ...names.map((name) => `${name}=${String(line[name])}`)].join(' ');
      metrics.set(key, (metrics.get(key) ?? []).concat(value));
    }
  }
  return metrics;
}

const sums = (metrics: Map<string, number[]>) =>
  Object.fromEntries(
    [...metrics]
      .filter(([key]) => !key.startsWith('Lateness'))
      .map(([key, values]) => [key, values.reduce((sum, value) => sum + value, 0)]),
  );

async function userWhoAllows(templateId: string): Promise<string> {
  const openid = wechat.createUser();
  await allow(wechat, openid, templateId);
  return openid;
}

test('a sent, a refused, a failed and an unknown message are measured once each, by template, and so are WeChat’s errcodes', async () => {
  const { templateId } = PRICE_DROP;
  const [sent = '', refused = '', failed = '', unknown = ''] = await Promise.all(
    [1, 2, 3, 4].map(() => userWhoAllows(templateId)),
  );
  const metrics = await metricsOf(async () => {
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid: refused });
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 47003, openid: failed });
    wechat.addFault({ call: 'send', kind: 'drop-answer', openid: unknown });
    for (const to of [sent, refused, failed, unknown]) {
      const { body } = await operator('POST', '/v1/messages', { to, ...PRICE_DROP });
      await ended(body.id);
    }
  });
  expect(sums(metrics)).toEqual({
    ...Object.fromEntries(
      ['sent', 'refused', 'failed', 'unknown'].flatMap((outcome) => [
        [`Messages Outcome=${outcome}`, 1],
        [`Messages TemplateId=${templateId} Outcome=${outcome}`, 1],
      ]),
    ),
    [`Failures TemplateId=${templateId} Reason=47003`]: 1,
    'WeChatErrors Errcode=43101': 1,
    'WeChatErrors Errcode=47003': 1,
  });
  expect(metrics.has('Lateness')).toBe(false);
});

test('recipients of a campaign are measured like messages', async () => {
  const { templateId } = SHIPPED;
  const openids = await Promise.all(Array.from({ length: 5 }, () => userWhoAllows(templateId)));
  const metrics = await metricsOf(async () => {
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43101, openid: openids[0] ?? '' });
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 47003, openid: openids[1] ?? '' });
    const audience = { type: 'recipients', recipients: openids.map((openid) => ({ openid })) };
    const { body } = await operator('POST', '/v1/campaigns', { name: 'Measured', ...SHIPPED, audience });
    await operator('POST', `/v1/campaigns/${body.id}/runs`, {});
    await stack.idle();
  });
  expect(sums(metrics)).toMatchObject({
    [`Messages TemplateId=${templateId} Outcome=sent`]: 3,
    [`Messages TemplateId=${templateId} Outcome=refused`]: 1,
    [`Messages TemplateId=${templateId} Outcome=failed`]: 1,
    [`Failures TemplateId=${templateId} Reason=47003`]: 1,
    'WeChatErrors Errcode=43101': 1,
  });
});

test('how late a timed message was answered is measured, in milliseconds', async () => {
  const to = await userWhoAllows(PRICE_DROP.templateId);
  const metrics = await metricsOf(async () => {
    const sendAt = new Date(Date.now() + 1_000).toISOString();
    const { body } = await operator('POST', '/v1/messages', { to, ...PRICE_DROP, sendAt });
    expect((await ended(body.id)).status).toBe('sent');
  });
  const [lateMs, ...others] = metrics.get('Lateness') ?? [];
  expect(others).toEqual([]);
  expect(lateMs).toBeGreaterThanOrEqual(0);
  expect(lateMs).toBeLessThan(5_000);
});

test('that all sending is stopped for a while is measured with its cause', async () => {
  const to = await userWhoAllows(PRICE_DROP.templateId);
  const metrics = await metricsOf(async () => {
    wechat.addFault({ call: 'send', kind: 'errcode', errcode: 45011, openid: to });
    await operator('POST', '/v1/messages', { to, ...PRICE_DROP });
    await vi.waitFor(
      () => expect(wechat.received({ call: 'send', openid: to }).items).toHaveLength(1),
      5_000,
    );
  });
  expect(sums(metrics)).toEqual({ 'WeChatErrors Errcode=45011': 1, 'Stops Cause=rate': 1 });
});
