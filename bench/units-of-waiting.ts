import { randomUUID } from 'node:crypto';
import type { Stack } from '../local/stack/stack.ts';
import { DATA } from './senders/message.ts';
import { stackClient } from './stack-client.ts';
import { type Total, type UnitsOfKind, unitsOf } from './units-of.ts';

const HOUR_MS = 3_600_000;
/** So many wait for one user, and how many users have so many. */
const CROWDS = [
  [10, 8],
  [50, 2],
  [200, 1],
] as const;
const AGAIN = 'message that WeChat puts off once, for moments';
const DIGEST = 'digest: three events under one collapseKey, one card';
const EXPIRED = 'message booked ahead that expires unsent';

const crowdOf = (count: number) => `message, one of ${count} to one user that wait and are due together`;

/** What they took while each had a record of its own. */
export const MUST_OF_WAITING: Readonly<Record<string, number>> = {
  [AGAIN]: 8,
  [crowdOf(10)]: 13.6,
  [crowdOf(50)]: 12.9,
  [crowdOf(200)]: 17.8,
};

/** Messages that wait for long or in company, from accepting to the end. */
export async function waitingKinds(
  stack: Stack,
  jump: (ms: number) => void,
  total: Total,
): Promise<UnitsOfKind[]> {
  const service = stackClient(stack);
  let aheadMs = 0;
  const later = (ms: number) => {
    aheadMs += ms;
    jump(ms);
  };
  await service.send(await service.grantee());
  const grantees = await Promise.all(Array.from({ length: 40 }, () => service.grantee()));
  service.wechat.addFault({ call: 'send', kind: 'errcode', errcode: 43108, times: grantees.length });
  const again = await unitsOf(
    { kind: AGAIN, stack, total },
    grantees,
    (to) => service.send(to),
    () => stack.idle({ dueWithinMs: 10_000 }),
  );
  const shortened = await shortenedKinds(stack, later, total);
  const crowds: UnitsOfKind[] = [];
  for (const [count, users] of CROWDS) {
    const openids: string[] = [];
    for (let user = 0; user < users; user++) openids.push(await userWith(service, count));
    const sendAt = new Date(Date.now() + aheadMs + HOUR_MS).toISOString();
    const messages = openids.flatMap((to) => Array.from({ length: count }, (_, n) => ({ to, n })));
    const kind = { kind: crowdOf(count), stack, total };
    const order = ({ to, n }: (typeof messages)[number]) =>
      service.send(to, {
        sendAt,
        data: { ...DATA, amount2: `${100 + n * 7}.00元` },
        page: `pages/item?id=${randomUUID().slice(0, 8)}`,
      });
    const leave = async () => {
      later(HOUR_MS + 1_000);
      await stack.dispatchNow();
      await stack.idle({ dueWithinMs: 60_000 });
    };
    crowds.push(await unitsOf(kind, messages, order, leave));
  }
  return [again, ...shortened, ...crowds];
}

/** Enough that the dispatcher's cursors do not count. */
const EXPIRING = 200;

/** Messages whose place newer ones take, and those that expire; called before the clock has jumped. */
async function shortenedKinds(
  stack: Stack,
  later: (ms: number) => void,
  total: Total,
): Promise<UnitsOfKind[]> {
  const service = stackClient(stack);
  const users = (count: number) => Promise.all(Array.from({ length: count }, () => service.grantee()));
  const digest = await unitsOf(
    { kind: DIGEST, stack, total },
    await users(40),
    async (to) => {
      const sendAt = new Date(Date.now() + 4_000).toISOString();
      for (let event = 0; event < 3; event++) await service.send(to, { collapseKey: 'digest', sendAt });
    },
    () => stack.idle({ dueWithinMs: 10_000 }),
  );
  const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();
  const expired = await unitsOf(
    { kind: EXPIRED, stack, total },
    await users(EXPIRING),
    (to) => service.send(to, { sendAt: inHours(1), expiresAt: inHours(2) }),
    async () => {
      later(3 * HOUR_MS);
      await stack.dispatchNow();
      await stack.idle({ dueWithinMs: 60_000 });
    },
  );
  return [digest, expired];
}

async function userWith(service: ReturnType<typeof stackClient>, grants: number): Promise<string> {
  const openid = await service.grantee();
  for (let tap = 1; tap < grants; tap++) await service.report(service.tap(openid));
  return openid;
}
