import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, vi } from 'vitest';
import { pauseRun, resumeRun } from '../../lib/campaigns/runs/control-run.ts';
import { recipientSendId } from '../../lib/campaigns/runs/recipient-port.ts';
import { isOpen } from '../../lib/campaigns/runs/results.ts';
import { scheduledRunId } from '../../lib/campaigns/runs/run.ts';
import { openQueue } from '../../lib/runtime/aws.ts';
import { openCampaigns } from '../connected/campaigns/campaign-world.ts';
import { restoreTools, type World } from './restore-tools.ts';

const HOUR_MS = 3_600_000;
const isFinished = ({ status }: { status: string }) => status === 'finished';

/** Messages that were pending at the moment of the copy, by what they are here for. */
export const PENDING = [
  'all grants spent',
  'held',
  'claimed',
  'without a grant',
  'first of many',
  'second of many',
  'of who is erased',
];

/**
 * A stack with messages and a run that are pending, then a copy of its table, and then everything goes on:
 * what was pending leaves, a schedule starts a run, a user is erased, another one comes.
 */
export async function tellStory() {
  const world = await openCampaigns({ followChanges: true, dispatchEverySeconds: 0 });
  const tools = restoreTools(world);
  const { book, dueSoon, call } = tools;
  const users = await world.grantees(40, { grants: 3 });
  const [done = '', held = '', claimed = '', many = '', erased = '', other = '', late = '', named = ''] =
    users;
  const [spent = ''] = users.slice(-1);
  world.wechat.createUser({ openid: 'oWithoutAGrant' });
  const messages: Record<string, string> = { done: await book(done) };
  for (let time = 0; time < 3; time++) {
    await book(spent);
    await world.stack.idle();
  }

  const scheduledAtMs = Math.floor(Date.now() / 60_000 - 10) * 60_000;
  const at = new Date(scheduledAtMs);
  const scheduled = await world.campaign({
    schedule: { expression: `cron(${at.getUTCMinutes()} ${at.getUTCHours()} * * ? *)`, timezone: 'UTC' },
    updatedAtMs: scheduledAtMs - HOUR_MS,
  });
  await world.upload(scheduled, [{ openid: named }]);
  const campaign = await world.campaign({ maxPerSecond: 6 });
  const runId = await world.start(campaign);
  await world.until(campaign, runId, ({ counts }) => counts.sent > 4);
  await pauseRun(world.services, campaign.id, runId);
  await world.stack.idle();
  const sentInRun = (await world.read(campaign, runId)).counts.sent;

  messages['held'] = await book(held, dueSoon());
  messages['claimed'] = await book(claimed, dueSoon());
  messages['without a grant'] = await book('oWithoutAGrant', { ...dueSoon(), hold: false });
  messages['all grants spent'] = await book(spent, { ...dueSoon(), hold: false });
  messages['first of many'] = await book(many, dueSoon());
  messages['second of many'] = await book(many, { ...dueSoon(), hold: false });
  messages['of who is erased'] = await book(erased, { sendAt: new Date(Date.now() + HOUR_MS).toISOString() });
  const cards = {
    waiting: await waitingCard(world, call, other),
    erased: await waitingCard(world, call, erased),
  };
  // One of whom nothing else is told: a user has one claim at a time.
  const recipient = await pendingRecipient(world, runId, new Set(users.slice(8, -1)));
  const undo = [
    await tools.claimNow(claimed, messages['claimed']),
    await tools.claimNow(recipient.openid, recipient.id),
  ];
  await world.stack.idle();
  const statisticsThen = await tools.statistics();
  const copy = await tools.copyTable();

  for (const claim of undo) await claim();
  await call('DELETE', `/v1/users/${erased}`);
  messages['later'] = await book(late);
  await world.grantees(1);
  await world.stack.dispatchNow();
  await resumeRun(world.services, campaign.id, runId);
  await world.until(campaign, runId, isFinished);
  const started = { trigger: 'schedule', runId: scheduledRunId(scheduled.id, scheduledAtMs) } as const;
  await world.until(scheduled, await world.start(scheduled, started), isFinished);
  await Promise.all(PENDING.map((which) => untilEnded(call, messages[which] ?? '')));
  const sqs = openQueue(world.stack.env);
  const lost = { QueueUrl: world.stack.queueUrls['SendDeadLetterQueue'], MessageBody: '{}' };
  await sqs.send(new SendMessageCommand(lost));
  sqs.destroy();
  return {
    world,
    tools,
    copy,
    messages,
    cards,
    campaign,
    runId,
    scheduled,
    erased,
    other,
    sentInRun,
    notReached: recipient,
    statisticsThen,
  };
}

/** A card of a pay order that WeChat does not know yet, so that it waits for another try. */
async function waitingCard(world: World, call: ReturnType<typeof restoreTools>['call'], openid: string) {
  const code = world.wechat.cardCode({ openid, payAmount: 1, knownInMs: 600_000 });
  const check = { payAmount: 1, payTime: new Date().toISOString() };
  const content = { cur_status: 2, product_count: 1, product_list: {}, wxa_path_query: '' };
  const { body } = await call('POST', '/v1/cards', { to: openid, notifyType: 2001, code, content, check });
  const isTried = async () => expect((await call('GET', `/v1/cards/${body.id}`)).body.attempts).toBe(1);
  await vi.waitFor(isTried, { timeout: 20_000, interval: 100 });
  return String(body.id);
}

/** Waits until a message has left or failed; one that is gone has ended. */
function untilEnded(call: ReturnType<typeof restoreTools>['call'], id: string): Promise<void> {
  return vi.waitFor(
    async () => {
      const answer = await call('GET', `/v1/messages/${id}`);
      if (answer.status === 200) expect(answer.body.status).toMatch(/^(sent|failed)$/);
    },
    { timeout: 40_000, interval: 200 },
  );
}

/** A recipient whom the run had not reached, of a batch that a worker had begun. */
async function pendingRecipient(world: World, runId: string, among: ReadonlySet<string>) {
  for (const shard of world.runs.shards) {
    const found = await world.runs.batchBefore(runId, shard);
    const stored = found && (await world.runs.loadResults(found.key));
    if (!found || stored?.version === undefined) continue;
    const index = found.batch.recipients.findIndex(
      ({ openid }, at) => among.has(openid) && isOpen(stored.value.results.get(at)),
    );
    const openid = found.batch.recipients[index]?.openid;
    if (openid !== undefined) return { openid, id: recipientSendId({ runId, openid, index }) };
  }
  throw new Error('Every batch that was begun is done.');
}
