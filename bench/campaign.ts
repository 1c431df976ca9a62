import { print, runCommand, wholeNumber } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';
import { runCampaignBench } from './killed-senders/campaign-bench.ts';

const USAGE = {
  name: 'bench:campaign',
  about: say(
    "Runs one campaign on the local stack, sent by processes that are killed on the way, with its trigger delivered twice and the run paused and resumed. Checks against the simulated WeChat's own record that nobody got it twice, and prints what it took. Exits with 1 when a promise was broken.",
    '在本机运行一次群发：发送进程中途被杀死，触发投递两次，其间暂停并恢复。与模拟微信的记录核对，确认没有人收到两次，并输出用量。有承诺未兑现时退出码为 1。',
  ),
  usages: [
    ['', say('20,000 recipients, 5 killed senders', '20,000 个收件人，杀死 5 个发送进程')],
    ['--recipients 200000'],
  ],
  options: {
    recipients: {
      type: 'string',
      value: 'N',
      default: '20000',
      help: say('as many grantees as you like (200,000 take ten minutes)', '收件人数（200,000 约需十分钟）'),
    },
    kills: {
      type: 'string',
      value: 'N',
      default: '5',
      help: say('so many senders are killed (default 5)', '杀死的发送进程数，默认 5'),
    },
    senders: {
      type: 'string',
      value: 'N',
      default: '3',
      help: say('so many work at once (default 3)', '同时工作的发送进程数，默认 3'),
    },
    latency: {
      type: 'string',
      value: 'MS',
      default: '20',
      help: say('so many milliseconds until WeChat answers (default 20)', '微信应答的毫秒数，默认 20'),
    },
  },
} as const;

await runCommand(USAGE, async (options) => {
  const broken = await runCampaignBench({
    recipients: wholeNumber('recipients', options.recipients, 1),
    kills: wholeNumber('kills', options.kills),
    senders: wholeNumber('senders', options.senders, 1),
    latencyMs: wholeNumber('latency', options.latency),
    print,
  });
  // Senders and servers that are left go with this process.
  process.exit(broken.length > 0 ? 1 : 0);
});
