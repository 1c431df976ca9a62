import * as v from 'valibot';

/** A user of the mini program, as WeChat names them. */
export const openid = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,128}$/, 'must be an openid: 1 to 128 letters, digits, - or _'),
  v.description('The user, as WeChat names them to this mini program.'),
);

/** A template of the account. */
export const templateId = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,128}$/, 'must be a template id: 1 to 128 letters, digits, - or _'),
  v.description('The private template id (priTmplId), not the tid of the template library.'),
);
