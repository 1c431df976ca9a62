import { say } from './language.ts';
import { wrapped } from './table.ts';

/** One option: as `parseArgs` takes it, and what help says of it, in the language of this process. */
export interface OptionStatement {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: string | boolean | string[];
  /** What stands for its value: `NAME`. */
  readonly value?: string;
  readonly help: string;
}

/** What help says of a command. */
export interface HelpStatement {
  /** Of the script in package.json. */
  readonly name: string;
  /** What it does. */
  readonly about: string;
  /** What may follow `npm run NAME`, and what that does. */
  readonly usages: readonly (readonly [line: string, does?: string])[];
  /** Words and environment variables that need a line of their own. */
  readonly words?: Readonly<Record<string, string>>;
  readonly notes?: string;
}

const COLUMNS = 110;
/** A longer name has its text on the next line. */
const NAME_COLUMNS = 30;

/** What `--help` prints. */
export function helpText(
  { name, about, usages, words = {}, notes = '' }: HelpStatement,
  options: Readonly<Record<string, OptionStatement>>,
): string {
  const calls = usages.map(([line, does]) => [
    `npm run ${name}${line === '' ? '' : ` -- ${line}`}`,
    does ?? '',
  ]);
  const entries = Object.entries(options).map(([option, { short, value, help }]) => [
    `--${option}${value === undefined ? '' : ` ${value}`}${short === undefined ? '' : `, -${short}`}`,
    help,
  ]);
  return [
    ...wrapped(about, COLUMNS),
    '',
    ...columns(calls, COLUMNS),
    '',
    ...columns([...Object.entries(words), ...entries], NAME_COLUMNS),
    ...(notes === '' ? [] : ['', ...wrapped(notes, COLUMNS)]),
  ].join('\n');
}

/** The usage lines alone, for whoever got them wrong. */
export function usageLines({ name, usages }: HelpStatement): string[] {
  return usages.map(([line]) => `  npm run ${name}${line === '' ? '' : ` -- ${line}`}`);
}

/** Names with their texts beside them, or below where the name is too long. */
function columns(entries: readonly (readonly string[])[], most: number): string[] {
  const widths = entries.map(([name = '']) => name.length).filter((width) => width <= most);
  const width = Math.max(0, ...widths);
  const rows = entries.flatMap(([name = '', text = '']) => {
    const [first = '', ...rest] = wrapped(text, Math.max(40, COLUMNS - width - 4));
    const lines = name.length > width ? [[name], ['', first]] : [[name, first]];
    return [...lines, ...rest.map((line) => ['', line])];
  });
  const padded = rows.map(([name = '', text]) => (text === undefined ? [name] : [name.padEnd(width), text]));
  return padded.map((row) => `  ${row.join('  ')}`.trimEnd());
}

/** The option of commands that print data: nothing else is on standard output then. */
export const JSON_OPTION = {
  json: {
    type: 'boolean',
    default: false,
    help: say(
      'JSON on standard output, progress on standard error',
      '以 JSON 输出到标准输出，进度写到标准错误',
    ),
  },
} as const;

/** The option of commands that tell times. */
export const ZONE_OPTION = {
  zone: {
    type: 'string',
    value: 'ZONE',
    help: say(
      "time zone of the times, as Asia/Shanghai (default: the system's)",
      '时间所用的时区，如 Asia/Shanghai，默认随系统',
    ),
  },
} as const;

/** What every command takes. */
export const COMMON_OPTIONS = {
  lang: {
    type: 'string',
    value: 'zh|en',
    help: say("language of what is printed (default: the system's)", '输出所用的语言，默认随系统'),
  },
  help: { type: 'boolean', short: 'h', help: say('show this text', '显示本说明') },
} as const;

/** Where a stage is deployed. */
export const STAGE_OPTIONS = {
  stage: {
    type: 'string',
    value: 'NAME',
    help: say(
      'the deployed stage, looked up in its CloudFormation stack',
      '已部署的环境，从 CloudFormation 查得',
    ),
  },
  region: {
    type: 'string',
    value: 'REGION',
    help: say(
      'where it is deployed (default: AWS_REGION, else ap-southeast-1)',
      '部署区域，默认 AWS_REGION，其次 ap-southeast-1',
    ),
  },
} as const;
