import * as v from 'valibot';
import { LineCounter, parseDocument } from 'yaml';
import { issueMessage } from '../../lib/issue-message.ts';
import { nearestWord } from '../../lib/nearest-word.ts';
import { ALIAS_FORM, ALIAS_RULE } from '../../lib/templates/aliases.ts';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';
import { readText } from '../read-text.ts';

/** The kinds that an owner may declare. */
export const KINDS = ['one-time', 'long-term', 'limited', 'device'] as const;

const text = v.pipe(v.string(), v.trim(), v.minLength(1, say('must not be empty', '不能为空')));

/** A name, or a number, which YAML reads as one. */
const nameOrNumber = v.pipe(
  v.union([text, v.number()], say('must be a text or a number', '应为文字或数字')),
  v.transform(String),
);

const entries = {
  alias: v.pipe(text, v.regex(ALIAS_FORM, `${ALIAS_RULE.en} ${ALIAS_RULE.zh}`)),
  title: v.exactOptional(text),
  tid: v.exactOptional(nameOrNumber),
  keywords: v.array(nameOrNumber, say('must be a list', '应为列表')),
  scene: v.exactOptional(text),
  kind: v.exactOptional(
    v.picklist(KINDS, say(`must be one of ${KINDS.join(', ')}`, `应为 ${KINDS.join('、')} 之一`)),
  ),
};

const wishedTemplate = v.pipe(
  v.strictObject(entries),
  v.check(
    ({ title, tid }) => title !== undefined || tid !== undefined,
    say('needs a title or a tid', '需要写明 title 或 tid'),
  ),
);

/** A template that an account shall have. */
export type WishedTemplate = Readonly<Omit<v.InferOutput<typeof wishedTemplate>, 'alias'>> & {
  readonly alias?: string;
};

const file = v.strictObject({
  templates: v.pipe(
    v.array(wishedTemplate, say('must be a list', '应为列表')),
    v.minLength(1, say('is empty', '不能为空')),
  ),
});

/**
 * Reads a file of wished-for templates, in YAML; `-` is standard input.
 *
 * @throws CommandError that names every fault by its place
 */
export async function readWishes(name: string): Promise<readonly WishedTemplate[]> {
  const content = await readText(name);
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map(({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${message}`);
  if (faults.length > 0) throw refused(name, faults, say('is not YAML.', '不是合法的 YAML：'));
  const result = v.safeParse(file, document.toJS());
  if (!result.success) throw refused(name, result.issues.map(faultOf), say('has faults.', '内容有误：'));
  const { templates } = result.output;
  const aliases = templates.map(({ alias }) => alias);
  const twice = aliases.filter((alias, index) => aliases.indexOf(alias) !== index);
  if (twice.length > 0)
    throw refused(
      name,
      twice.map((alias) => `alias ${alias}`),
      say('names an alias twice.', '别名重复：'),
    );
  return templates;
}

function refused(name: string, faults: readonly string[], what: string): CommandError {
  return new CommandError([`${name} ${what}`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? '';
  const rule = issueMessage(issue);
  if (rule !== 'Unknown field')
    return `${path}: ${rule === 'Required' ? say('is missing', '缺少此项') : rule}`;
  const key = String(issue.path?.at(-1)?.key);
  const meant = nearestWord(key, path.includes('.') ? Object.keys(entries) : ['templates'], SYNONYMS);
  const hint = meant === undefined ? '' : say(`; did you mean ${meant}?`, `，是否想写 ${meant}？`);
  return `${path}: ${say('unknown', '未知字段')}${hint}`;
}

/** WeChat's words and the API's for the members of an entry. */
const SYNONYMS = {
  keywords: ['kidlist', 'keywordids'],
  scene: ['scenedesc', 'scenedescription'],
  alias: ['name'],
} as const;
