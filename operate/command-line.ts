import { type ParseArgsConfig, parseArgs } from 'node:util';
import colors from 'picocolors';

/** Thrown for what the person at the terminal can put right; its message says how, and is printed without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code = 'command';
}

/** Reads a command line of options only. @throws CommandError for an unknown option, pointing to `--help` */
export function readArguments<const T extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  args: readonly string[],
  options: T,
) {
  return reading(command, () => parseArgs({ args: [...args], options, allowPositionals: false })).values;
}

/** Reads a command line of words and options. @throws CommandError for an unknown option, pointing to `--help` */
export function readWords<const T extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  args: readonly string[],
  options: T,
) {
  return reading(command, () => parseArgs({ args: [...args], options, allowPositionals: true }));
}

function reading<R>(command: string, parse: () => R): R {
  try {
    return parse();
  } catch (error) {
    throw new CommandError(`${messageOf(error)}\n请看 See: npm run ${command} -- --help`);
  }
}

/** Runs a command to its exit code; one that fails says why on stderr and exits with 1. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const isOurs = error instanceof CommandError;
    const text = isOurs || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message);
    process.stderr.write(`${colors.red(text)}\n`);
    process.exitCode = 1;
  }
}

/** Writes one line of a command's answer. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A line on stderr that is written over by the next; nothing where stderr is no terminal. */
export function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
