// Looks at the account's templates and changes them: lists, tries messages, writes types, declares kinds, adds and removes.

import { writeFile } from 'node:fs/promises';
import type { Qingniao } from '../clients/typescript/src/index.ts';
import { unknown } from './argument-faults.ts';
import { print, runCommand, UsageError } from './command-line.ts';
import { say } from './language.ts';
import { findService } from './service-client.ts';
import { readTemplates } from './template/account-templates.ts';
import { checkMessage, type MessageVerdict } from './template/check-messages.ts';
import { declarationOf } from './template/declaration.ts';
import { add, apply, remove, search } from './template/library-commands.ts';
import { readMessages } from './template/message-file.ts';
import { checkSummary, templateLines, USAGE, verdictLines } from './template/texts.ts';
import { KINDS } from './template/wished-templates.ts';

/** How many words each takes behind it. */
const ARGUMENTS = {
  list: 0,
  search: 1,
  apply: 1,
  add: 1,
  remove: 1,
  check: 1,
  example: 1,
  types: 0,
  kind: 2,
} as const;
const COMMANDS = [
  'list',
  'search',
  'apply',
  'add',
  'remove',
  'check',
  'example',
  'types',
  'kind',
] as const satisfies readonly (keyof typeof ARGUMENTS)[];

await runCommand(USAGE, async (options, positionals) => {
  const { command, argument, value } = commandIn(positionals);
  const service = () => findService(options, process.env);
  switch (command) {
    case 'list':
      return list(await service(), options.json);
    case 'search':
      return search(await service(), argument, options.json);
    case 'apply':
      return apply(service, argument, options);
    case 'add':
      return add(await service(), argument, options);
    case 'remove':
      return remove(await service(), argument, options);
    case 'check':
      return check(service, argument, options);
    case 'example':
      return example(await service(), argument, options);
    case 'types':
      return write(options.out, declarationOf(await readTemplates(await service())));
    case 'kind':
      return declareKind(service, argument, value);
  }
});

function commandIn([word, ...words]: readonly string[]) {
  const command = COMMANDS.find((name) => name === word);
  const [argument = '', value = ''] = words;
  if (command && words.length === ARGUMENTS[command]) return { command, argument, value };
  if (command === undefined && word !== undefined) throw new UsageError(unknown('command', word, COMMANDS));
  throw new UsageError(
    say(
      'Say list, search WORD, apply FILE, add TID, remove NAME, check FILE, example NAME, types or kind NAME KIND.',
      '请写 list、search 词、apply 文件、add 标题、remove 模板、check 文件、example 模板、types 或 kind 模板 类型。',
    ),
  );
}

async function list(service: Qingniao, json: boolean): Promise<number> {
  const templates = await readTemplates(service);
  print(
    json ? JSON.stringify(templates) : templates.map((one) => templateLines(one).join('\n')).join('\n\n'),
  );
  return 0;
}

async function check(
  service: () => Promise<Qingniao>,
  file: string,
  { template, fit, json }: { template?: string; fit: boolean; json: boolean },
): Promise<number> {
  const messages = await readMessages(file, template);
  const found = await service();
  const verdicts: MessageVerdict[] = [];
  for (const message of messages) {
    const verdict = await checkMessage(found, { ...message, ...(fit && { fit }) });
    if (!json) for (const line of verdictLines(verdict, verdicts.length)) print(line);
    verdicts.push(verdict);
  }
  const refused = verdicts.filter(({ result }) => !result.valid).length;
  print(json ? JSON.stringify(verdicts) : checkSummary(verdicts.length, refused));
  return refused === 0 ? 0 : 1;
}

async function example(
  service: Qingniao,
  name: string,
  { openid, out }: { openid?: string; out?: string },
): Promise<number> {
  const query = openid === undefined ? {} : { openid };
  const { data: message } = await service.GET('/v1/templates/{id}/example', {
    params: { path: { id: name }, query },
  });
  return write(out, `${JSON.stringify(message, null, 2)}\n`);
}

async function declareKind(service: () => Promise<Qingniao>, name: string, word: string): Promise<number> {
  const kind = KINDS.find((known) => known === word);
  if (!kind) throw new UsageError(unknown('kind', word, KINDS));
  const { data: declared } = await (await service()).PUT('/v1/templates/{id}/kind', {
    params: { path: { id: name } },
    body: { kind },
  });
  for (const line of templateLines(declared).slice(0, 1)) print(line);
  return 0;
}

async function write(file: string | undefined, text: string): Promise<number> {
  if (file === undefined) process.stdout.write(text);
  else await writeFile(file, text);
  return 0;
}
