// Makes campaigns, runs them, watches and steers their runs, exports what became of everyone.

import { unknown } from './argument-faults.ts';
import type { CampaignAnswer } from './campaign/campaign-answers.ts';
import { type CampaignService, campaignsOf } from './campaign/campaign-service.ts';
import { exportRecipients } from './campaign/export-run.ts';
import { campaignLines, campaignTable, runLine, warningLines } from './campaign/texts.ts';
import { USAGE } from './campaign/usage.ts';
import { watchRun } from './campaign/watch.ts';
import { FileError, print, runCommand, UsageError } from './command-line.ts';
import { say } from './language.ts';
import { readText } from './read-text.ts';
import { findService } from './service-client.ts';

/** How many words follow each command: at least, at most. */
const COMMANDS = {
  create: [1, 1],
  add: [2, 2],
  list: [0, 0],
  show: [1, 1],
  run: [1, 1],
  watch: [1, 2],
  pause: [1, 2],
  resume: [1, 2],
  stop: [1, 2],
  resend: [1, 2],
  export: [1, 2],
  delete: [1, 1],
} as const;

/** What becomes of the campaign itself by the words that otherwise steer a run. */
const CAMPAIGN_STATUS = { pause: 'paused', resume: 'active', stop: 'ended' } as const;

type Command = keyof typeof COMMANDS;

interface Options {
  readonly recipients?: string;
  readonly 'dry-run': boolean;
  readonly 'scheduled-at'?: string;
  readonly watch: boolean;
  readonly campaign: boolean;
  readonly every: string;
  readonly out?: string;
  readonly json: boolean;
}

await runCommand(USAGE, async (options, positionals) => {
  const { command, words } = commandIn(positionals);
  const campaigns = campaignsOf(await findService(options, process.env));
  return perform(campaigns, command, words, options);
});

function commandIn([word = '', ...words]: readonly string[]): { command: Command; words: readonly string[] } {
  const command = isCommand(word) ? word : undefined;
  const [least, most] = command ? COMMANDS[command] : [0, 0];
  if (command && words.length >= least && words.length <= most) return { command, words };
  if (!command && word !== '') throw new UsageError(unknown('command', word, Object.keys(COMMANDS)));
  throw new UsageError(
    say(
      'Say create, add, list, show, run, watch, pause, resume, stop, resend, export or delete, and what it takes.',
      '请写出命令及其参数：create、add、list、show、run、watch、pause、resume、stop、resend、export 或 delete。',
    ),
  );
}

function isCommand(word: string): word is Command {
  return Object.hasOwn(COMMANDS, word);
}

async function perform(
  campaigns: CampaignService,
  command: Command,
  [id = '', second]: readonly string[],
  options: Options,
): Promise<number> {
  switch (command) {
    case 'create':
      return create(campaigns, id, options);
    case 'add': {
      const added = await campaigns.addCsv(id, await readText(second ?? ''));
      print(
        [say(`${added.count} recipients`, `${added.count} 人`), ...warningLines(added.warnings)].join('\n'),
      );
      return 0;
    }
    case 'list':
      return list(campaigns, options);
    case 'show':
      print(shown(await campaigns.read(id), (campaign) => campaignLines(campaign).join('\n'), options));
      return 0;
    case 'run': {
      const { 'dry-run': dryRun, 'scheduled-at': scheduledAt } = options;
      return begun(campaigns, id, await campaigns.start(id, { dryRun, scheduledAt }), options);
    }
    case 'watch':
      return watch(campaigns, id, (await campaigns.run(id, second)).id, options);
    case 'pause':
    case 'resume':
    case 'stop':
      return steer(campaigns, command, id, second, options);
    case 'resend': {
      const failed = await campaigns.run(id, second);
      return begun(campaigns, id, await campaigns.steer(id, failed.id, 'resend-failed'), options);
    }
    case 'export': {
      const run = await campaigns.run(id, second);
      await exportRecipients(campaigns.recipients(id, run.id), options.out);
      return 0;
    }
    case 'delete':
      await campaigns.remove(id);
      print(shown({ id, deleted: true }, () => say(`${id} is deleted.`, `${id} 已删除。`), options));
      return 0;
  }
}

/** With --json each campaign on a line of its own. */
async function list(campaigns: CampaignService, { json }: Options): Promise<number> {
  const all: CampaignAnswer[] = [];
  for await (const campaign of campaigns.list()) all.push(campaign);
  for (const line of json ? all.map((campaign) => JSON.stringify(campaign)) : campaignTable(all)) print(line);
  return 0;
}

async function create(campaigns: CampaignService, file: string, options: Options): Promise<number> {
  const body = parsed(await readText(file), file);
  const csv = options.recipients === undefined ? undefined : await readText(options.recipients);
  const campaign = await campaigns.create(body);
  const added = csv === undefined ? undefined : await campaigns.addCsv(campaign.id, csv);
  const made = added ? await campaigns.read(campaign.id) : campaign;
  const warnings = [...(made.warnings ?? []), ...(added?.warnings ?? [])];
  const whole = { ...made, ...(warnings.length > 0 && { warnings }) };
  print(shown(whole, (one) => campaignLines(one).join('\n'), options));
  return 0;
}

async function begun(
  campaigns: CampaignService,
  id: string,
  run: Awaited<ReturnType<CampaignService['run']>>,
  options: Options,
): Promise<number> {
  print(shown(run, (one) => `${one.id}  ${runLine(one)}`, options));
  return options.watch ? watch(campaigns, id, run.id, options) : 0;
}

async function watch(
  campaigns: CampaignService,
  id: string,
  runId: string,
  { every, json }: Options,
): Promise<number> {
  if (!/^\d{1,4}(\.\d+)?$/.test(every) || Number(every) <= 0) {
    throw new UsageError(say('--every takes seconds above 0.', '--every 需要大于 0 的秒数。'));
  }
  const run = await watchRun(() => campaigns.run(id, runId), { everyMs: Number(every) * 1000, json });
  return run.status === 'finished' ? 0 : 1;
}

async function steer(
  campaigns: CampaignService,
  action: 'pause' | 'resume' | 'stop',
  id: string,
  runId: string | undefined,
  options: Options,
): Promise<number> {
  if (options.campaign) {
    const campaign = await campaigns.change(id, { status: CAMPAIGN_STATUS[action] });
    print(shown(campaign, (one) => campaignLines(one).join('\n'), options));
    return 0;
  }
  const { id: named } = await campaigns.run(id, runId);
  print(shown(await campaigns.steer(id, named, action), (run) => `${run.id}  ${runLine(run)}`, options));
  return 0;
}

function shown<T>(value: T, line: (value: T) => string, { json }: Options): string {
  return json ? JSON.stringify(value) : line(value);
}

function parsed(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new FileError(say(`${file} is not JSON.`, `${file} 不是合法的 JSON。`));
  }
}
