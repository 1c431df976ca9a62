import type { DeployedResources } from './resources.ts';

/** An event that each function takes without doing anything to anybody: a request of no route, no records, a campaign that is not there. */
const PROBE = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/v1/nothing',
  rawQueryString: '',
  headers: {},
  requestContext: {
    requestId: 'probe',
    routeKey: '$default',
    stage: '$default',
    http: { method: 'GET', path: '/v1/nothing', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
  },
  isBase64Encoded: false,
  Records: [],
  campaignId: `cmp_${'0'.repeat(32)}`,
  scheduledTime: '2026-01-01T00:00:00Z',
};

/** Starts every function of the stack. @throws Error that lists those which cannot start, with their own words */
export async function startAll(resources: DeployedResources): Promise<void> {
  const names = await resources.functionNames();
  const started = await Promise.allSettled(names.map((name) => resources.invoke(name, PROBE)));
  const failures = started.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  if (names.length === 0) throw new Error('The stack has no function.');
  if (failures.length > 0) throw new Error(failures.join('\n'));
}
