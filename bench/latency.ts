import { startStack } from '../local/stack/stack.ts';
import { EMPTY, openColdFunctions } from './cold-start/cold-functions.ts';
import { queueReader } from './cold-start/first-events.ts';
import { startCold } from './cold-start/runtime-api.ts';
import { type Figure, median, middleOf, quantile } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import { TEMPLATE } from './senders/message.ts';
import { QUIET, stackClient } from './stack-client.ts';

const PART = 'latency';
const MESSAGES = 200;
/** The first requests compile what they run. */
const WARM_UP = 20;
/** A cold start is short, so it takes more rounds to see it through the noise. */
const ROUNDS_EACH = 3;

/** Measures from the start of a request to `POST /v1/messages` to the arrival of its send at WeChat. */
export async function measureLatency(o: MeasureOptions): Promise<readonly Figure[]> {
  return [...(await onIdleStack(o)), ...(await fromNothing(o))];
}

/** The stack as developers start it, one message after the other. */
async function onIdleStack({ print }: MeasureOptions): Promise<readonly Figure[]> {
  print(`  ${MESSAGES} messages one by one, on an idle stack ...`);
  const stack = await startStack({ logger: QUIET, templates: [TEMPLATE] });
  try {
    const { wechat, ...service } = stackClient(stack);
    const taken: number[] = [];
    for (let sent = 0; sent < WARM_UP + MESSAGES; sent++) {
      const openid = await service.grantee();
      const startedAtMs = Date.now();
      await service.send(openid);
      await stack.idle();
      taken.push(arrivalOf(wechat) - startedAtMs);
    }
    const measured = taken.slice(WARM_UP);
    const row = (name: string, value: number, atMost: number): Figure => ({
      part: PART,
      name: `message on an idle stack: ${name}`,
      value,
      unit: 'ms',
      must: { atMost },
    });
    return [row('p50', quantile(measured, 0.5), 20), row('p99', quantile(measured, 0.99), 90)];
  } finally {
    await stack.close();
  }
}

/** Nothing runs: the function that accepts starts cold, and the one that sends as soon as its job is on the queue. */
async function fromNothing(o: MeasureOptions): Promise<readonly Figure[]> {
  const { runtimeClient, stack, subjects, close } = await openColdFunctions(o.print);
  try {
    const subject = (name: string) => {
      const found = subjects.find((each) => each.name === name);
      if (!found) throw new Error(`There is no function ${name}.`);
      return found;
    };
    const [messages, sender, empty] = [subject('messages'), subject('send-messages'), subject(EMPTY)];
    const { wechat } = stackClient(stack);
    const nextRecord = queueReader(stack);

    async function sendFromNothing(): Promise<number> {
      const event = await messages.makeEvent();
      const startedAtMs = Date.now();
      const sending = nextRecord('SendQueue').then((job) => startCold(runtimeClient, sender.started, job));
      await Promise.all([startCold(runtimeClient, messages.started, event), sending]);
      return arrivalOf(wechat) - startedAtMs;
    }

    const taken: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round <= o.rounds * ROUNDS_EACH; round++) {
      const floor = await startCold(runtimeClient, empty.started, {});
      const ms = await sendFromNothing();
      o.print(`  round ${round} of ${o.rounds * ROUNDS_EACH}: ${ms} ms`);
      // The first round fills the machine's caches of files.
      if (round === 0) continue;
      floors.push(floor.ms);
      taken.push(ms);
    }
    const measured = middleOf(taken);
    return [
      {
        part: PART,
        name: 'message from nothing running',
        ...measured,
        unit: 'ms',
        ratio: { of: EMPTY, value: measured.value / median(floors) },
        must: { atMost: 6 },
      },
    ];
  } finally {
    await close();
  }
}

/** When the latest send reached WeChat. */
function arrivalOf(wechat: ReturnType<typeof stackClient>['wechat']): number {
  const latest = wechat.received({ call: 'send' }).items.at(-1);
  if (!latest) throw new Error('Nothing reached WeChat.');
  return latest.startedAtMs;
}
