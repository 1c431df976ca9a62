import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from '../local/stack/stack.ts';
import { KINDS, type Kind, type Usage, type UsageOfKind } from '../operate/cost/usage.ts';
import type { Figure } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import { stackClient } from './stack-client.ts';
import { eachOf, type Metered, withMeter } from './usage-meter.ts';

const FILE = join(import.meta.dirname, '../operate/cost/usage.json');
const EACH = 30;
const RECIPIENTS = 1_000;
const HOUR_MS = 3_600_000;
/** So many users report at the same time where it is not measured. */
const AT_ONCE = 20;

type Measured = { readonly [K in Kind]?: UsageOfKind | undefined };

/**
 * What one of each kind uses of all that AWS bills, with statistics and events, which every deployment has: alone, when everything has
 * settled before the next comes, and in a crowd, where all come at once. Written to operate/cost/usage.json, which `npm run cost` reckons with.
 */
export async function measureUsage({ print }: MeasureOptions): Promise<readonly Figure[]> {
  print(`  ${EACH} of each kind, a campaign to ${RECIPIENTS}, with statistics and events ...`);
  const { alone, crowd } = await withMeter({}, measureKinds);
  const events = await withMeter({ pushEvents: { delayMs: 0 } }, measureEvents);
  const usage: Usage = {
    alone: complete({ ...crowd, ...alone, events: events.alone }),
    crowd: complete({ ...crowd, events: events.crowd }),
  };
  await writeFile(FILE, `${JSON.stringify(usage, undefined, 2)}\n`);
  return (['alone', 'crowd'] as const).flatMap((how) =>
    KINDS.flatMap((kind) =>
      Object.entries(usage[how][kind]).map(
        ([name, value]): Figure => ({ part: 'usage', name: `${kind} (${how}): ${name}`, value, unit: '' }),
      ),
    ),
  );
}

function complete(measured: Measured): Usage['alone'] {
  return {
    grants: of(measured, 'grants'),
    messages: of(measured, 'messages'),
    timed: of(measured, 'timed'),
    campaign: of(measured, 'campaign'),
    events: of(measured, 'events'),
    users: of(measured, 'users'),
    minutes: of(measured, 'minutes'),
  };
}

function of(measured: Measured, kind: Kind): UsageOfKind {
  const used = measured[kind];
  if (!used) throw new Error(`${kind} was not measured.`);
  return used;
}

function meanOf(parts: readonly UsageOfKind[]): UsageOfKind {
  return eachOf((name) =>
    Number((parts.reduce((sum, part) => sum + part[name], 0) / parts.length).toPrecision(4)),
  );
}

type EachOf = (openids: readonly string[], work: (openid: string) => Promise<unknown>) => Promise<unknown>;

/** Alone the next comes when all has settled; in a crowd all come at once. */
function manners(stack: Stack): { readonly alone: EachOf; readonly crowd: EachOf } {
  return {
    async alone(openids, work) {
      for (const openid of openids) {
        await work(openid);
        await stack.idle();
      }
    },
    crowd: (openids, work) => Promise.all(openids.map(work)),
  };
}

/** Events about sends: WeChat keeps them back until all that the sends themselves use is over. */
async function measureEvents({ stack, usageOf }: Metered): Promise<Record<'alone' | 'crowd', UsageOfKind>> {
  const service = stackClient(stack);
  const grantees = async () => {
    const openids = await Promise.all(Array.from({ length: EACH }, () => service.grantee()));
    await stack.idle();
    return openids;
  };
  const sent = async (openids: readonly string[]) => {
    service.wechat.addPushFault({ kind: 'reorder', event: 'sent', count: EACH + 1 });
    await Promise.all(openids.map((openid) => service.send(openid)));
    await stack.idle();
  };
  const letGo = async () => service.wechat.clearPushFaults();

  await sent(await grantees());
  const crowd = await usageOf(EACH, letGo);
  const alone: UsageOfKind[] = [];
  for (const openid of await grantees()) {
    await sent([openid]);
    alone.push(await usageOf(1, letGo));
  }
  return { alone: meanOf(alone), crowd };
}

async function measureKinds({
  stack,
  usageOf,
  jump,
  now,
}: Metered): Promise<Record<'alone' | 'crowd', Measured>> {
  const service = stackClient(stack);
  const each = manners(stack);
  const strangers = (count: number) => Array.from({ length: count }, () => service.tap());
  const times = Array.from({ length: EACH }, (_, index) => `${index}`);
  // The access token and the templates are fetched once, by nobody in particular.
  await service.send(await service.grantee());

  const tellers = strangers(EACH);
  const alone = {
    grants: await usageOf(EACH, () => each.alone(tellers, service.report)),
    messages: await usageOf(EACH, () => each.alone(tellers, (to) => service.send(to))),
  };
  const many = strangers(2 * EACH);
  const [atOnce, later] = [many.slice(0, EACH), many.slice(EACH)];
  const grants = await usageOf(many.length, () => each.crowd(many, service.report));
  const messages = await usageOf(EACH, () => each.crowd(atOnce, (to) => service.send(to)));
  const sendAt = new Date(now() + HOUR_MS).toISOString();
  const timed = await usageOf(EACH, async () => {
    await each.crowd(later, (to) => service.send(to, { sendAt }));
    jump(HOUR_MS + 1_000);
    await stack.dispatchNow();
  });
  const users = await usageOf(EACH, () => each.crowd(times, service.logIn));
  const minutes = await usageOf(EACH, () => each.alone(times, () => stack.dispatchNow()));
  const recipients = strangers(RECIPIENTS);
  for (let n = 0; n < RECIPIENTS; n += AT_ONCE)
    await Promise.all(recipients.slice(n, n + AT_ONCE).map(service.report));
  const campaign = await usageOf(RECIPIENTS, () => service.startRun());
  return { alone, crowd: { grants, messages, timed, users, minutes, campaign } };
}
