import { print, runCommand, wholeNumber } from '../operate/command-line.ts';
import { runCampaignBench } from './killed-senders/campaign-bench.ts';

const HELP = `Runs one campaign on the local stack, sent by processes that are killed on the way, with its trigger delivered twice and the run
paused and resumed. Checks against the simulated WeChat's own record that nobody got it twice, and prints what it took. Exits with 1
when a promise was broken.

  npm run bench:campaign                           20,000 recipients, 5 killed senders
  npm run bench:campaign -- --recipients 200000    as many grantees as you like (200,000 take ten minutes)
  npm run bench:campaign -- --kills 10             so many senders are killed
  npm run bench:campaign -- --senders 5            so many work at once (3)
  npm run bench:campaign -- --latency 50           so many milliseconds until WeChat answers (20)
`;

const OPTIONS = {
  recipients: { type: 'string', default: '20000' },
  kills: { type: 'string', default: '5' },
  senders: { type: 'string', default: '3' },
  latency: { type: 'string', default: '20' },
} as const;

await runCommand({ name: 'bench:campaign', help: HELP, options: OPTIONS }, async (options) => {
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
