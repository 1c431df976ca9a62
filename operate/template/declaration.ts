import { type AccountTemplate, isRemoved } from './account-templates.ts';

const HEADER = `// Written by \`npm run template -- types\`: the templates of the account, for code that sends messages.
// Write it again when a template changes; do not edit it.
`;

const MESSAGE_TYPES = `
/** A text as \`data\` takes it: itself, or in WeChat's own form. */
export type TemplateText<T extends string = string> = T | { readonly value: T };

/** The names of templates: aliases and ids. */
export type TemplateName = keyof TemplateData;

/** The body of POST /v1/messages for one template. */
export interface NewMessageOf<Name extends TemplateName> {
  /** The user's openid. */
  readonly to: string;
  readonly templateId: Name;
  /** Of a device template, and required there. */
  readonly device?: { readonly sn: string; readonly modelId: string };
  readonly data: TemplateData[Name];
  readonly page?: string;
  readonly miniprogramState?: 'developer' | 'trial' | 'formal';
  readonly lang?: 'zh_CN' | 'en_US' | 'zh_HK' | 'zh_TW';
  /** RFC 3339, with any offset. */
  readonly sendAt?: string;
  /** RFC 3339: what has not left by then is not sent any more. */
  readonly expiresAt?: string;
  /** It takes the place of messages to the same user under the same template and key that wait. */
  readonly collapseKey?: string;
  readonly hold?: boolean;
  readonly fit?: boolean;
  readonly timezone?: string;
}

/** The body of POST /v1/messages: \`templateId\` says which \`data\` goes with it. */
export type NewMessage = { [Name in TemplateName]: NewMessageOf<Name> }[TemplateName];
`;

/**
 * A TypeScript declaration of the templates: a field that a template does not have, or one that is left out, is a compile
 * error in code that uses it. A template goes by its alias, where it has one, and by its id; deleted ones are left out.
 */
export function declarationOf(templates: readonly AccountTemplate[]): string {
  const entries = templates.filter((template) => !isRemoved(template)).flatMap(entriesOf);
  return `${HEADER}
/** What each template takes as \`data\`, by its alias and by its id. */
export interface TemplateData {
${entries.join('\n')}
}
${MESSAGE_TYPES}`;
}

function entriesOf({ templateId, alias, title, kind, fields }: AccountTemplate): string[] {
  const lines = fields.flatMap(({ key, label, example, rule, values }) => [
    `    /** ${comment(label)}: ${comment(rule.en)}. ${comment(rule.zh)}。${example === '' ? '' : ` @example ${comment(example)}`} */`,
    `    readonly ${JSON.stringify(key)}: ${textType(values)};`,
  ]);
  const entry = [
    `  /** ${comment(title)} (${kind}) */`,
    `  readonly ${JSON.stringify(alias ?? templateId)}: {`,
    ...lines,
    '  };',
  ].join('\n');
  if (alias === undefined) return [entry];
  return [entry, `  readonly ${JSON.stringify(templateId)}: TemplateData[${JSON.stringify(alias)}];`];
}

function textType(values: readonly string[] | undefined): string {
  if (!values || values.length === 0) return 'TemplateText';
  return `TemplateText<${values.map((value) => JSON.stringify(value)).join(' | ')}>`;
}

/** On one line, and unable to end the comment that it stands in. */
function comment(text: string): string {
  return text.replaceAll('*/', '*\\/').replace(/\s+/g, ' ').trim();
}
