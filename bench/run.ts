import { resolve } from 'node:path';
import { unknown } from '../operate/argument-faults.ts';
import { JSON_OPTION, print, runCommand, UsageError, wholeNumber } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';
import { measureColdStart } from './cold-start/cold-start.ts';
import { type Figure, keeps, renderFigures } from './figures.ts';
import { measureLatency } from './latency.ts';
import { measureLateness } from './lateness.ts';
import type { MeasureOptions } from './options.ts';
import { machine, saveResults, writeDocument } from './results.ts';
import { measureScale } from './scale.ts';
import { measureThroughput } from './throughput.ts';
import { measureUnits } from './units.ts';
import { measureUsage } from './usage.ts';
import { measureWatchedRun } from './watch-run.ts';

type Measure = (options: MeasureOptions) => Promise<readonly Figure[]>;

const PARTS: Readonly<Record<string, Measure>> = {
  cold: measureColdStart,
  throughput: measureThroughput,
  units: measureUnits,
  usage: measureUsage,
  lateness: measureLateness,
  latency: measureLatency,
  scale: measureScale,
  console: measureWatchedRun,
};

/** Needs Chromium, so that it is measured by name only. */
const BY_NAME_ONLY = new Set(['console']);

const USAGE = {
  name: 'bench',
  about: say(
    'Measures the service beside its peers and prints one table of ratios.',
    '与同类方案对比测量，输出一张比值表。',
  ),
  usages: [
    [
      '',
      say(
        "all parts but console, which needs Chromium (Debian's, or CHROMIUM=/path)",
        '除 console 外的全部；console 需要 Chromium（Debian 的，或 CHROMIUM=/path）',
      ),
    ],
    ['throughput', say('one part, or several', '其中一部分或几部分')],
  ],
  takesWords: true,
  options: {
    rounds: {
      type: 'string',
      value: 'N',
      default: '3',
      help: say('medians of so many interleaved rounds (default 3)', '交错测量的轮数，取中位数，默认 3'),
    },
    only: {
      type: 'string',
      value: 'NAMES',
      default: '',
      help: say(
        'only the subjects whose name begins so (pipeline,co: either); ratios to others are missing then',
        '只测名称以此开头的对象（可用逗号分隔），此时缺少与其他对象的比值',
      ),
    },
    beside: {
      type: 'string',
      value: 'FILE',
      help: say(
        'also the pipeline of another build: its handlers/send-messages.mjs, unpacked',
        '同时测量另一个构建：其解包后的 handlers/send-messages.mjs',
      ),
    },
    profile: {
      type: 'string',
      value: 'FOLDER',
      help: say(
        "writes CPU profiles of the senders there, for a browser's developer tools",
        '把发送函数的 CPU 采样写入该目录，可用浏览器开发者工具打开',
      ),
    },
    write: {
      type: 'boolean',
      default: false,
      help: say(
        'puts what was measured last, all parts, into docs/en/performance.md; measures nothing',
        '把上次测得的结果写入 docs/zh/performance.md，不测量',
      ),
    },
    large: {
      type: 'boolean',
      default: false,
      help: say(
        'also what takes an hour: a million recipients, a million booked messages',
        '包括约需一小时的部分：一百万收件人、一百万条预约',
      ),
    },
    recipients: {
      type: 'string',
      value: 'N',
      default: '100000',
      help: say(
        'of the run that console watches (default 100000)',
        'console 所查看的群发的收件人数，默认 100000',
      ),
    },
    ...JSON_OPTION,
  },
  notes: `${say('Parts', '可选部分')}: ${Object.keys(PARTS).join(', ')}`,
} as const;

await runCommand(USAGE, async (given, words) => {
  const names = words.length > 0 ? words : Object.keys(PARTS).filter((part) => !BY_NAME_ONLY.has(part));
  for (const name of names)
    if (!Object.hasOwn(PARTS, name)) throw new UsageError(unknown('part', name, Object.keys(PARTS)));
  const options: MeasureOptions = {
    rounds: wholeNumber('rounds', given.rounds, 1),
    only: given.only,
    large: given.large,
    recipients: wholeNumber('recipients', given.recipients, 1),
    ...(given.beside !== undefined && { beside: resolve(given.beside) }),
    ...(given.profile !== undefined && { profileInto: resolve(given.profile) }),
    print: given.json ? (line) => void process.stderr.write(`${line}\n`) : print,
  };
  // What things use is told in docs/en/cost.md.
  if (given.write) await writeDocument(Object.keys(PARTS).filter((part) => part !== 'usage'));
  else await measure(names, options, given.json);
  return 0;
});

async function measure(names: readonly string[], options: MeasureOptions, json: boolean): Promise<void> {
  const figures: Figure[] = [];
  for (const name of names) {
    options.print(`${name} …`);
    const measured = (await PARTS[name]?.(options)) ?? [];
    // A part of a part does not stand for the whole.
    if (options.only === '') await saveResults(name, measured);
    figures.push(...measured);
  }
  if (json) return print(JSON.stringify({ machine: machine(), figures }));
  print(`\n${machine()}\n\n${renderFigures(figures)}`);
  const missed = figures.filter((figure) => keeps(figure) === false).length;
  if (missed > 0)
    print(
      say(
        `\n${missed} of the figures are not what they must be; docs/en/performance.md says why.`,
        `\n有 ${missed} 项没有达到要求，原因见 docs/zh/performance.md。`,
      ),
    );
}
