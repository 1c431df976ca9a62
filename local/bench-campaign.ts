/**
 * `npm run bench:campaign -- --recipients 200000 --kills 5`: one campaign to that many grantees on the local stack, sent by processes
 * that are killed on the way, with its trigger delivered twice and the run paused and resumed. Checks against the simulated WeChat's
 * own record that nobody got it twice, and prints what it took. Exits 1 when a promise was broken.
 */
import { parseArgs } from 'node:util';
import { runCampaignBench } from './campaign-bench/campaign-bench.ts';

const { values } = parseArgs({
  options: {
    recipients: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '5' },
    senders: { type: 'string', default: '3' },
    latency: { type: 'string', default: '20' },
  },
});

const broken = await runCampaignBench({
  recipients: Number(values.recipients),
  kills: Number(values.kills),
  senders: Number(values.senders),
  latencyMs: Number(values.latency),
  print: (line) => process.stdout.write(`${line}\n`),
});
process.exit(broken.length > 0 ? 1 : 0);
