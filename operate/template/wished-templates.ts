import * as v from 'valibot';
import { LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { issueMessage } from '../../lib/issue-message.ts';
import { nearestWord } from '../../lib/nearest-word.ts';
import { ALIAS_FORM, ALIAS_RULE } from '../../lib/templates/aliases.ts';
import { FileError } from '../command-line.ts';
import { inLanguage, say } from '../language.ts';
import { readText } from '../read-text.ts';

/** The kinds that an owner may declare. */
export const KINDS = ['one-time', 'long-term', 'limited', 'device'] as const;

const text = v.pipe(
  v.string(say('must be a text', '应为文字')),
  v.trim(),
  v.minLength(1, say('must not be empty', '不能为空')),
);

const entries = {
  alias: v.pipe(text, v.regex(ALIAS_FORM, inLanguage(ALIAS_RULE))),
  title: v.exactOptional(text),
  tid: v.exactOptional(text),
  keywords: v.array(text, say('must be a list', '应为列表')),
  scene: v.exactOptional(text),
  kind: v.exactOptional(
    v.picklist(KINDS, say(`must be one of ${KINDS.join(', ')}`, `应为 ${KINDS.join('、')} 之一`)),
  ),
};

const wishedTemplate = v.pipe(
  v.strictObject(
    entries,
    say('must have alias, title or tid, and keywords', '应包含 alias、title 或 tid、keywords'),
  ),
  v.check(
    ({ title, tid }) => title !== undefined || tid !== undefined,
    say('needs a title or a tid', '需要写明 title 或 tid'),
  ),
);

/** A template that an account shall have. */
export type WishedTemplate = Readonly<Omit<v.InferOutput<typeof wishedTemplate>, 'alias'>> & {
  readonly alias?: string;
};

const file = v.strictObject(
  {
    templates: v.pipe(
      v.array(wishedTemplate, say('must be a list', '应为列表')),
      v.minLength(1, say('is empty', '不能为空')),
    ),
  },
  say('must begin with "templates:" and a list', '应以 templates: 开头，其下为列表'),
);

/**
 * Reads a file of wished-for templates, in YAML; `-` is standard input.
 *
 * @throws FileError that names every fault by its place
 */
export async function readWishes(name: string): Promise<readonly WishedTemplate[]> {
  const result = v.safeParse(file, parsedYaml(name, await readText(name)));
  if (!result.success) throw refused(name, result.issues.map(faultOf), say('has faults', '内容有误'));
  const { templates } = result.output;
  const aliases = templates.map(({ alias }) => alias);
  const twice = aliases.filter((alias, index) => aliases.indexOf(alias) !== index);
  if (twice.length > 0) {
    throw refused(
      name,
      twice.map((alias) => `alias ${alias}`),
      say('names an alias twice', '别名重复'),
    );
  }
  return templates;
}

/** Every scalar is a text as it stands: a title may be 12306, and a tid begin with 0. */
const READING = { schema: 'failsafe', merge: true, prettyErrors: false } as const;

/** @throws FileError */
function parsedYaml(name: string, content: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(content, { ...READING, lineCounter: lines });
  const what = say('is not YAML', '不是合法的 YAML');
  if (document.errors.length > 0) throw refused(name, document.errors.map(yamlFault), what);
  try {
    return document.toJS();
  } catch (error) {
    // An anchor that there is not, or so many of them that the file would fill the memory.
    throw refused(name, [error instanceof Error ? error.message : String(error)], what);
  }

  function yamlFault({ code, message, pos: [start] }: YAMLParseError): string {
    const { line } = lines.linePos(start);
    const text =
      code === 'MULTIPLE_DOCS' ? say('a second document begins here', '这里开始了第二个文档') : message;
    return say(`line ${line}: ${text}`, `第 ${line} 行：${text}`);
  }
}

/** On one line where one thing is wrong. */
function refused(name: string, faults: readonly string[], what: string): FileError {
  const [first = '', ...more] = faults;
  const lines = more.length === 0 ? say(` ${first}`, first) : faults.map((fault) => `\n  ${fault}`).join('');
  return new FileError(`${name} ${what}${say(':', '：')}${lines}`);
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? '';
  const rule = issueMessage(issue);
  const at = path === '' ? '' : say(`${path}: `, `${path}：`);
  if (rule !== 'Unknown field') return at + (rule === 'Required' ? say('is missing', '缺少此项') : rule);
  const key = String(issue.path?.at(-1)?.key);
  const meant = nearestWord(key, path.includes('.') ? Object.keys(entries) : ['templates'], SYNONYMS);
  const hint = meant === undefined ? '' : say(`; did you mean ${meant}?`, `，是否想写 ${meant}？`);
  return `${at}${say('unknown', '未知字段')}${hint}`;
}

/** WeChat's words and the API's for the members of an entry. */
const SYNONYMS = {
  keywords: ['kidlist', 'keywordids'],
  scene: ['scenedesc', 'scenedescription'],
  alias: ['name'],
} as const;
