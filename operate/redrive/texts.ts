import colors from 'picocolors';
import { APP_ATTRIBUTE } from '../../lib/sqs/process-records.ts';
import { JSON_OPTION, STAGE_OPTIONS, ZONE_OPTION } from '../command-line.ts';
import { say } from '../language.ts';
import type { DeadLetter } from './dead-letters.ts';

/** How `npm run redrive` is called. */
export const USAGE = {
  name: 'redrive',
  about: say(
    'Moves what lies in a dead-letter queue back to where it came from. Find out first why it got there (see the log of send-messages, process-events, send-campaign or publish-changes). Safe to repeat: what comes twice counts once.',
    '把死信队列中的记录移回原来的队列。请先在 send-messages、process-events、send-campaign 或 publish-changes 的日志中查明原因。可以重复运行：重复的只算一次。',
  ),
  usages: [
    ['--stage NAME [--queue NAME] [--region REGION]'],
    ['--local [--queue NAME]'],
    ['--queue-url URL --dead-letter-queue-url URL'],
  ],
  options: {
    ...STAGE_OPTIONS,
    queue: {
      type: 'string',
      value: 'NAME',
      help: say(
        "send (default), event (what WeChat pushed), campaign; changes: what was not published is read again from the table's stream, which keeps it for 24 hours, and handed to publish-changes (needs lambda:InvokeFunction and reading the stream); webhook: what your address did not take is published again for it alone (needs events:PutEvents)",
        'send（默认）、event（微信推送）、campaign（群发）；changes：从数据流（保留 24 小时）重新读取未能发布的变更，交给 publish-changes 处理；webhook：你的地址没有接收的事件，重新发布给它（需要 events:PutEvents 权限）',
      ),
    },
    local: {
      type: 'boolean',
      default: false,
      help: say(
        'what npm run dev runs; PORT names another port of its API than 3000',
        'npm run dev 的本地服务；端口不是 3000 时用 PORT 指定',
      ),
    },
    'queue-url': {
      type: 'string',
      value: 'URL',
      help: say('the queue, to name it directly', '直接指定队列'),
    },
    'dead-letter-queue-url': {
      type: 'string',
      value: 'URL',
      help: say('its dead-letter queue', '对应的死信队列'),
    },
    all: {
      type: 'boolean',
      default: false,
      help: say(
        'move records that are no job of this service too; otherwise they are left. With changes and webhook: take off the queue what cannot be helped any more',
        '连同不属于本服务的记录一起移动，默认留在死信队列；用于 changes、webhook 时：删除已无法补救的记录',
      ),
    },
    'dry-run': { type: 'boolean', default: false, help: say('only show what is there', '只查看，不移动') },
    ...ZONE_OPTION,
    ...JSON_OPTION,
  },
} as const;

const SHOWN = 50;
const BODY_SHOWN = 80;

/** A line for each record, the first fifty of them. */
export function linesFor(letters: readonly DeadLetter[], nowMs: number): string[] {
  const lines = letters.slice(0, SHOWN).map((letter) => `  ${lineFor(letter, nowMs)}`);
  const more = letters.length - SHOWN;
  return more > 0 ? [...lines, colors.dim(say(`  … and ${more} more`, `  … 另有 ${more} 条`))] : lines;
}

function lineFor({ id, body, attributes, label, sentAtMs, receives }: DeadLetter, nowMs: number): string {
  const facts = `${age(nowMs - sentAtMs).padStart(7)}  ×${receives}`;
  // Absent: of the stage's first mini program.
  const app = attributes[APP_ATTRIBUTE]?.StringValue;
  if (label !== undefined) return `${facts}  ${label}${app === undefined ? '' : colors.dim(`  ${app}`)}`;
  const excerpt = JSON.stringify(body.slice(0, BODY_SHOWN));
  return `${facts}  ${colors.yellow(say(`no job of ours: ${id}`, `非本服务记录：${id}`))} ${colors.dim(excerpt)}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

function age(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, size]) => ms >= size) ?? ['s', 1_000];
  return `${Math.max(0, Math.floor(ms / unitMs))} ${unit}`;
}
