import * as v from 'valibot';
import { ALIAS_FORM } from '../../templates/aliases.ts';
import { RULES } from './rules.ts';

/** A user of the mini program, as WeChat names them. */
export const openid = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,128}$/, RULES.openid),
  v.description('The user, as WeChat names them to this mini program.'),
);

/** A template of the account, by its id or, from callers, by its alias. */
export const templateId = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,128}$/, RULES.templateId),
  v.description(
    'The private template id (priTmplId), not the tid of the template library; where you send it, also its alias.',
  ),
);

/** The name of a template. */
export const alias = v.pipe(
  v.string(),
  v.regex(ALIAS_FORM, RULES.alias),
  v.description('A name of your own for a template, usable wherever its id is.'),
);
