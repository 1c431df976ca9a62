import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Exceptions,
  LINT_EXCEPTIONS,
  LINT_EXCEPTIONS_OF_EMPTY,
  LINT_EXCEPTIONS_OF_ROLE,
  POLICY_EXCEPTIONS,
} from './exceptions.ts';
import type { Variant } from './variants.ts';

const MOST_BYTES = 64 * 2 ** 20;

/** Holds a variant's template against what CloudFormation takes in its regions. @throws Error that lists what cfn-lint found */
export async function lint(bin: string, template: string, { regions, isFull }: Variant): Promise<void> {
  const exceptions = { ...LINT_EXCEPTIONS, ...(isFull ? {} : LINT_EXCEPTIONS_OF_EMPTY) };
  const ignored = Object.keys(exceptions).flatMap((rule) => ['--ignore-checks', rule]);
  await check(join(bin, 'cfn-lint'), ['--regions', ...regions, ...ignored, '--template', template]);
}

/** The same of the deploying role. */
export async function lintRole(bin: string, template: string): Promise<void> {
  const ignored = Object.keys(LINT_EXCEPTIONS_OF_ROLE).flatMap((rule) => ['--ignore-checks', rule]);
  await check(join(bin, 'cfn-lint'), [...ignored, '--template', template]);
}

/** Holds templates against what is considered safe. @throws Error that lists what checkov found */
export async function checkPolicies(bin: string, templates: readonly string[]): Promise<void> {
  await check(join(bin, 'checkov'), [
    ...['--framework', 'cloudformation', '--compact', '--quiet'],
    // It would fetch explanations of its rules, which need no network to be checked.
    '--skip-download',
    ...['--skip-check', rulesOf(POLICY_EXCEPTIONS)],
    ...['--file', ...templates],
  ]);
}

const rulesOf = (exceptions: Exceptions) => Object.keys(exceptions).join(',');

async function check(program: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, args, { maxBuffer: MOST_BYTES });
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
    throw new Error(`${String(error.stdout)}\n${String(error.stderr)}`.trim(), { cause: error });
  }
}
