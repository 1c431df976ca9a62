import * as v from 'valibot';
import { rfc3339 } from './common.ts';
import { alias, openid, templateId } from './ids.ts';

/** What `wx.requestSubscribeMessage` answered for a template (WeChat contract §7.1). */
const subscribeStatus = v.pipe(
  v.string(),
  v.regex(
    /^(accept[A-Za-z]{0,32}|reject|ban|filter)$/,
    'must be accept, acceptWith…, reject, ban or filter, as wx.requestSubscribeMessage gave it',
  ),
  v.description(
    'What the user answered: accept, acceptWithAlert, acceptWithAudio, acceptWithForcePush, reject, ban or filter.',
  ),
);

/** More templates than one panel can show, and room for what comes. */
const MAX_TEMPLATES_PER_REPORT = 10;

const results = v.pipe(
  v.record(templateId, subscribeStatus),
  v.minEntries(1, 'must hold at least one template'),
  v.maxEntries(MAX_TEMPLATES_PER_REPORT, `must hold at most ${MAX_TEMPLATES_PER_REPORT} templates`),
  v.description('One answer for each template that was asked for.'),
);

/** The body of a grant report. */
export const grantReportBody = v.strictObject({
  requestId: v.pipe(
    v.string(),
    v.regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters'),
    v.description('Chosen by the client, new for each tap. The same one of one user counts once.'),
  ),
  results,
  silent: v.optional(
    v.pipe(
      v.array(templateId),
      v.maxLength(MAX_TEMPLATES_PER_REPORT, `must hold at most ${MAX_TEMPLATES_PER_REPORT} templates`),
      v.description('Templates whose answer came without a popup ("always keep").'),
    ),
    [],
  ),
  openid: v.exactOptional(openid),
});

/** What one user granted for one template. */
export const grant = v.object({
  openid,
  templateId,
  templateAlias: v.exactOptional(alias),
  kind: v.picklist(['one-time', 'long-term', 'unknown']),
  available: v.pipe(
    v.nullable(v.number()),
    v.description('Grants that may still be booked or sent; null for a long-term template.'),
  ),
  subscribed: v.exactOptional(
    v.pipe(v.boolean(), v.description('Of a long-term template: whether it is on.')),
  ),
  held: v.pipe(v.number(), v.description('Grants set aside for booked messages.')),
  spent: v.pipe(v.number(), v.description('Grants that are gone.')),
  lastStatus: v.string(),
  silentReject: v.exactOptional(v.boolean()),
  updatedAt: rfc3339,
});

/** Some grants of one user. */
export const grantList = v.object({ grants: v.array(grant) });
