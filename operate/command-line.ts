import { inspect, parseArgs } from 'node:util';
import colors from 'picocolors';
import { QingniaoProblem } from '../clients/typescript/src/index.ts';
import { APP_ID_FORM } from '../lib/settings/setting-values.ts';
import { SettingsError } from '../lib/settings/settings.ts';
import { argumentFaults } from './argument-faults.ts';
import {
  COMMON_OPTIONS,
  type HelpStatement,
  helpText,
  type OptionStatement,
  usageLines,
} from './command-help.ts';
import { inLanguage, say, withoutOption } from './language.ts';
import { isZone } from './times.ts';

export { JSON_OPTION, STAGE_OPTIONS, ZONE_OPTION } from './command-help.ts';

/** Thrown for what the person at the terminal can put right; its message says how, and is printed without a stack. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly code: string = 'command';
  /** What the command ends with. */
  readonly exitCode: 1 | 2 = 1;
}

/** Thrown for options and words that a command does not take: its message is one line, and the usage is printed below it. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly code = 'usage';
  override readonly exitCode = 2;
}

/** Thrown for a file that cannot be read or used; 1 is left to what a command finds in a file that can. */
export class FileError extends CommandError {
  override readonly name = 'FileError';
  override readonly code = 'file';
  override readonly exitCode = 2;
}

/** Thrown for a mini program that the service does not have, or not for the API key. */
export class UnknownAppError extends UsageError {
  constructor(app: string) {
    super(
      say(`There is no mini program ${app} here for this API key.`, `没有该 API Key 可用的小程序 ${app}。`),
    );
  }
}

type Options = Readonly<Record<string, OptionStatement>>;

/** What the options came to, as `parseArgs` types it. */
type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ options: T; args: string[]; allowPositionals: true }>
>['values'];

/** How a command is called. Besides its own options each takes `--lang` and `--help`. */
export interface Usage<T extends Options> extends HelpStatement {
  readonly options: T;
  /** Whether it takes words besides options. */
  readonly takesWords?: boolean;
}

/**
 * Runs a command to its exit code. `--help` explains it and runs nothing. A wrong option ends with 2, after one line that names it and the
 * usage, and so does a wrong file, without the usage. What the person can put right otherwise ends with 1 and a message without a stack.
 */
export async function runCommand<const T extends Options>(
  usage: Usage<T>,
  command: (options: Values<T>, words: readonly string[]) => Promise<number>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  process.stdout.on('error', endWithReader);
  const { options, takesWords = false } = usage;
  const all: Options = { ...options, ...COMMON_OPTIONS };
  if (args.includes('--help') || args.includes('-h')) return print(helpText(usage, all));
  try {
    const faults = argumentFaults(args, { options: all, takesWords });
    if (faults.length > 0) throw new UsageError(faults.join(' '));
    const { values } = parseArgs({ args: [...args], options: all, allowPositionals: true });
    const { lang, zone } = values;
    if (lang !== undefined && lang !== 'en' && lang !== 'zh')
      throw new UsageError(say('--lang takes en or zh.', '--lang 只接受 en 或 zh。'));
    if (typeof zone === 'string' && !isZone(zone))
      throw new UsageError(
        say('--zone takes a time zone, as Asia/Shanghai.', '--zone 需要时区名，如 Asia/Shanghai。'),
      );
    assertAppids(values);
    const own = parseArgs({ args: withoutOption(args, '--lang'), options, allowPositionals: true });
    process.exitCode = await command(own.values, own.positionals).catch((error: unknown) => {
      throw asWrongApp(error, values['app']);
    });
  } catch (error) {
    tell(error, usage);
  }
}

/** The options that name a mini program. An empty one, as of a variable that is not set, is none: the first is not meant. */
const APP_OPTIONS = ['app', 'app-id', 'remove-app'];

function assertAppids(values: Readonly<Record<string, unknown>>): void {
  const wrong = APP_OPTIONS.map((name) => values[name]).find(
    (value) => typeof value === 'string' && !APP_ID_FORM.test(value),
  );
  if (wrong === undefined) return;
  throw new UsageError(
    say(
      `"${wrong}" is no appid, as wx0123456789abcdef.`,
      `“${wrong}”不是 AppID（形如 wx0123456789abcdef）。`,
    ),
  );
}

/** A service that does not know the mini program of `--app` was given a wrong option. */
function asWrongApp(error: unknown, app: unknown): unknown {
  if (!(error instanceof QingniaoProblem) || error.code !== 'unknown-app' || typeof app !== 'string')
    return error;
  return new UnknownAppError(app);
}

/** Whoever reads our output may have enough of it: `| head`. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

function tell(error: unknown, usage: HelpStatement): void {
  process.stderr.write(`${colors.red(explained(error))}\n`);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
  if (!(error instanceof UsageError)) return;
  const see = say('See', '请看');
  process.stderr.write(`${usageLines(usage).join('\n')}\n${see}: npm run ${usage.name} -- --help\n`);
}

/** What to do about errors of the AWS SDK that do not say. */
const ADVICE: Readonly<Record<string, string>> = {
  CredentialsProviderError: say(
    'Log in to AWS, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    '请先登录 AWS，或设置 AWS_PROFILE，或设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY。',
  ),
};

/**
 * Why a command failed, with the causes and without a stack, which tells a user nothing. `QINGNIAO_DEBUG=1` shows the stack of what is no
 * {@link CommandError}.
 */
export function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SettingsError) return settingsLines(error);
  if (error instanceof QingniaoProblem) return problemLines(error).join('\n');
  if (process.env['QINGNIAO_DEBUG'] && !(error instanceof CommandError)) return inspect(error);
  // Of a connection that failed at several addresses only the parts say anything.
  if (error instanceof AggregateError) return error.errors.map(explained).join('\n') || error.message;
  const own = [error.message || error.name, ADVICE[error.name]].filter(Boolean).join('. ');
  return error.cause === undefined ? own : `${own}\n${explained(error.cause)}`;
}

/** A function says it in both languages, a command in one. */
function settingsLines({ problems }: SettingsError): string {
  const head = say('Correct these settings and start again:', '请更正以下设置后重新启动：');
  return [head, ...problems.map((problem) => `  ${problem}`)].join('\n');
}

/** What the service said, each wrong field, and what to do next. */
function problemLines({ code, message, errors, remedy }: QingniaoProblem): readonly string[] {
  const fields = errors.map(({ path, message: rule, zh }) => `  ${path}: ${say(rule, zh)}`);
  const hint =
    code === 'no-answer'
      ? [say('  Is the service running? (npm run dev)', '  服务是否在运行？（npm run dev）')]
      : [];
  return [message, ...fields, ...hint, `  ${inLanguage(remedy)}`];
}

/** A whole number from the option of that name. @throws UsageError for anything else, and for less than `least` */
export function wholeNumber(option: string, text: string, least = 0): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(
    say(`--${option} takes a whole number from ${least} on.`, `--${option} 需要不小于 ${least} 的整数。`),
  );
}

/** Writes one line of a command's answer. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A line on stderr that is written over by the next; nothing where stderr is no terminal. */
export function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}
