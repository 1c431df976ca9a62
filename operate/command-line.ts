import { inspect, type ParseArgsConfig, parseArgs } from 'node:util';
import colors from 'picocolors';
import { QingniaoProblem } from '../clients/typescript/src/index.ts';
import { argumentFaults } from './argument-faults.ts';

/** Thrown for what the person at the terminal can put right; its message says how, and is printed without a stack. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly code: string = 'command';
}

/** Thrown for options and words that a command does not take: its message is one line, and the usage is printed below it. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly code = 'usage';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** What the options came to, as `parseArgs` types it. */
type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ options: T; args: string[]; allowPositionals: true }>
>['values'];

/** How a command is called. */
export interface Usage<T extends Options> {
  /** Of the script in package.json. */
  readonly name: string;
  /** What `--help` prints; its lines that begin with `npm run NAME` are the usage. */
  readonly help: string;
  readonly options: T;
  /** Whether it takes words besides options. */
  readonly takesWords?: boolean;
}

/**
 * Runs a command to its exit code. `--help` explains it and runs nothing. A wrong option ends with 2, after one line that names it and the
 * usage; what the person can put right otherwise ends with 1 and a message without a stack.
 */
export async function runCommand<const T extends Options>(
  usage: Usage<T>,
  command: (options: Values<T>, words: readonly string[]) => Promise<number>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return print(usage.help.trimEnd());
  try {
    const { options, takesWords = false } = usage;
    const faults = argumentFaults(args, { options, takesWords });
    if (faults.length > 0) throw new UsageError(faults.join(' '));
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    process.exitCode = await command(values, positionals);
  } catch (error) {
    tell(error, usage);
  }
}

function tell(error: unknown, { name, help }: { name: string; help: string }): void {
  process.stderr.write(`${colors.red(explained(error))}\n`);
  process.exitCode = 1;
  if (!(error instanceof UsageError)) return;
  const usages = help.split('\n').filter((line) => line.trimStart().startsWith(`npm run ${name}`));
  process.stderr.write(`${usages.join('\n')}\n请看 See: npm run ${name} -- --help\n`);
  process.exitCode = 2;
}

/** What to do about errors of the AWS SDK that do not say. */
const ADVICE: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    'Log in to AWS, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. 请先登录 AWS，或设置上述环境变量。',
};

/**
 * Why a command failed, with the causes and without a stack, which tells a user nothing. `QINGNIAO_DEBUG=1` shows the stack of what is no
 * {@link CommandError}.
 */
export function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof QingniaoProblem) return problemLines(error).join('\n');
  if (process.env['QINGNIAO_DEBUG'] && !(error instanceof CommandError)) return inspect(error);
  // Of a connection that failed at several addresses only the parts say anything.
  if (error instanceof AggregateError) return error.errors.map(explained).join('\n') || error.message;
  const own = [error.message || error.name, ADVICE[error.name]].filter(Boolean).join('. ');
  return error.cause === undefined ? own : `${own}\n${explained(error.cause)}`;
}

/** What the service said, each wrong field, and what to do next. */
function problemLines({ code, message, errors, remedy }: QingniaoProblem): readonly string[] {
  const fields = errors.map(({ path, message: rule, zh }) => `  ${path}: ${rule} ${zh}`);
  const hint = code === 'no-answer' ? ['  Is the service running? (npm run dev) 服务是否在运行？'] : [];
  return [message, ...fields, ...hint, `  ${remedy.en}`, `  ${remedy.zh}`];
}

/** A whole number from the option of that name. @throws UsageError for anything else, and for less than `least` */
export function wholeNumber(option: string, text: string, least = 0): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(
    `--${option} takes a whole number from ${least} on. --${option} 需要不小于 ${least} 的整数。`,
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
