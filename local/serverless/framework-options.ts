import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as v from 'valibot';
import { parse } from 'yaml';
import { unknown } from '../../operate/argument-faults.ts';
import type { OptionStatement } from '../../operate/command-help.ts';
import { say } from '../../operate/language.ts';

const commandsSchema = v.map(
  v.string(),
  v.object({
    options: v.record(
      v.string(),
      v.object({
        usage: v.string(),
        type: v.picklist(['string', 'boolean', 'multiple']),
        shortcut: v.exactOptional(v.string()),
      }),
    ),
  }),
);

type Options = Readonly<Record<string, OptionStatement>>;

/**
 * The options of a command of Serverless, out of its own list. More words may belong to the command, as in
 * `deploy function`; `words` says how many do.
 */
export function frameworkOptions(
  command: string,
  args: readonly string[],
): { options: Options; words: number } {
  const require = createRequire(import.meta.url);
  const commands = v.parse(commandsSchema, require('serverless/lib/cli/commands-schema/aws-service.js'));
  const nameOf = (words: number) => [command, ...args.slice(0, words)].join(' ');
  const words = [2, 1].find((count) => commands.has(nameOf(count))) ?? 0;
  const entries = Object.entries(commands.get(nameOf(words))?.options ?? {});
  const options = Object.fromEntries(
    entries.map(([name, { type, shortcut, usage }]) => [
      name,
      {
        type: type === 'boolean' ? ('boolean' as const) : ('string' as const),
        multiple: type === 'multiple',
        ...(shortcut !== undefined && { short: shortcut }),
        ...(type !== 'boolean' && { value: 'VALUE' }),
        help: usage,
      },
    ]),
  );
  return { options, words };
}

const serviceSchema = v.object({ params: v.record(v.string(), v.record(v.string(), v.unknown())) });
const SERVICE = new URL('../../serverless.yml', import.meta.url);

/** What is wrong with the values of `--param`: Serverless takes a name that nothing knows without a word. */
export async function parameterFaults(given: unknown): Promise<string[]> {
  const { params } = v.parse(serviceSchema, parse(await readFile(SERVICE, 'utf8'), { logLevel: 'error' }));
  const names = Object.values(params).flatMap((each) => Object.keys(each));
  return v.parse(v.optional(v.array(v.string()), []), given).flatMap((text) => {
    const [name = ''] = text.split('=');
    if (!text.includes('=')) return [say('--param takes name=value.', '--param 的写法为 name=value。')];
    return names.includes(name) ? [] : [unknown('parameter', name, names)];
  });
}
