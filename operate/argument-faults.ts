import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearestWord } from '../lib/nearest-word.ts';
import { say } from './language.ts';

/** What a command line may hold. */
export interface Accepted {
  readonly options: NonNullable<ParseArgsConfig['options']>;
  readonly takesWords: boolean;
}

/** What of a command line is not accepted: one sentence each, with the name that was meant. */
export function argumentFaults(args: readonly string[], { options, takesWords }: Accepted): string[] {
  const names = Object.keys(options);
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const faults = new Map<number, string>();
  for (const token of tokens) {
    if (token.kind === 'option') {
      const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
      // A value may be a secret, and `-seed` is one option and not four.
      const given = (args[token.index] ?? token.rawName).split('=')[0] ?? '';
      const fault = option ? valueFault(option.type, token) : unknown('option', given, names);
      // `-stage x` would otherwise be -s with the value "tage".
      const isOneWord = /^-[^-]./.test(given);
      if (isOneWord && (fault !== undefined || names.includes(given.slice(1))))
        faults.set(token.index, unknown('option', given, names));
      else if (fault !== undefined) faults.set(token.index, fault);
    } else if (token.kind === 'positional' && !takesWords && !faults.has(token.index - 1)) {
      faults.set(token.index, unexpectedWord(token.value, names));
    }
  }
  return [...faults.values()];
}

type OptionToken = { rawName: string; value: string | undefined; inlineValue: boolean | undefined };

function valueFault(type: 'boolean' | 'string', { rawName, value, inlineValue }: OptionToken) {
  if (type === 'boolean')
    return value === undefined ? undefined : say(`${rawName} takes no value.`, `${rawName} 不带值。`);
  const isMissing = value === undefined || (!inlineValue && /^-./.test(value));
  return isMissing ? say(`${rawName} needs a value.`, `${rawName} 需要给出值。`) : undefined;
}

/** npm keeps options that stand before ` -- ` to itself and hands on only their values, which may be secrets. */
function unexpectedWord(word: string, names: readonly string[]): string {
  const meant = meantBy(word, names);
  if (meant !== undefined) return say(`Did you mean --${meant}?`, `是否想写 --${meant}？`);
  return say(
    'There is a word that belongs to no option: options go after " -- ".',
    '有多余的参数：选项要写在 “ -- ” 之后。',
  );
}

/** A sentence about a name that there is not, with the one that was meant. */
export function unknown(what: keyof typeof CHINESE, given: string, names: readonly string[]): string {
  const isOption = what === 'option';
  const found = meantBy(given.replace(/^-+/, ''), names);
  const meant = isOption && found !== undefined ? `--${found}` : found;
  const shown = isOption ? given : `"${given}"`;
  const hint = meant === undefined ? '' : say(` Did you mean ${meant}?`, `是否想写 ${meant}？`);
  return say(`There is no ${what} ${shown}.${hint}`, `没有这个${CHINESE[what]}：${shown}。${hint}`);
}

const CHINESE = {
  kind: '类型',
  option: '选项',
  command: '命令',
  part: '部分',
  queue: '队列',
  parameter: '参数',
  setting: '设置',
} as const;

/** The name that was meant: the only one that begins so, or the nearest by spelling. */
function meantBy(given: string, names: readonly string[]): string | undefined {
  const begun = names.filter((name) => given.length > 1 && name.startsWith(given));
  return begun.length === 1 ? begun[0] : nearestWord(given, names);
}
