import * as v from 'valibot';
import { type Device, grantKeyOf } from '../../grants/grant-key.ts';
import { TEMPLATE_KINDS } from '../../grants/ledger.ts';
import { nearestWord } from '../../nearest-word.ts';
import { pageOf } from '../paging.ts';
import { SYNONYMS } from '../synonyms.ts';
import { alias, count, device, named, openid, rfc3339, templateId } from './common.ts';
import { ERROR_MESSAGES, inTwoLines, withHint } from './error-messages.ts';

/** What `wx.requestSubscribeMessage` is known to answer for a template (WeChat contract §7.1). */
const STATUSES = [
  'accept',
  'acceptWithAlert',
  'acceptWithAudio',
  'acceptWithForcePush',
  'reject',
  'ban',
  'filter',
];

const subscribeStatus = v.pipe(
  v.string(),
  v.regex(/^(accept[A-Za-z]{0,32}|reject|ban|filter)$/, ({ input }) =>
    inTwoLines(withHint(ERROR_MESSAGES.subscribeStatus, nearestWord(input, STATUSES, SYNONYMS))),
  ),
);

/** More templates than one panel can show, and room for what comes. */
const MAX_TEMPLATES_PER_REPORT = 10;

/** More devices than one popup is about: WeChat takes one, which may stand for a group. */
const MAX_DEVICES_PER_REPORT = 10;

/** What WeChat puts beside the answers and what is no answer (WeChat contract §7.1). */
const BESIDE_ANSWERS: ReadonlySet<string> = new Set(['errMsg', 'errCode', 'errno']);

const results = v.pipe(
  v.unknown(),
  // A list has the names 0, 1, 2, which would count as templates.
  v.check((given) => !Array.isArray(given), ERROR_MESSAGES.answersByTemplate),
  v.metadata({
    type: 'object',
    additionalProperties: { type: 'string', description: `What the user answered: ${STATUSES.join(', ')}.` },
    minProperties: 1,
  }),
  v.description(
    'One answer for each template that was asked for. The whole result of wx.requestSubscribeMessage will do: its errMsg is ignored.',
  ),
  v.record(v.string(), v.unknown()),
  v.transform((given) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => !BESIDE_ANSWERS.has(name))),
  ),
  v.record(templateId, subscribeStatus),
  v.minEntries(1, ERROR_MESSAGES.oneTemplate),
  v.maxEntries(MAX_TEMPLATES_PER_REPORT, ERROR_MESSAGES.maxTemplates(MAX_TEMPLATES_PER_REPORT)),
);

/** The body of a grant report. */
export const grantReportBody = v.strictObject({
  requestId: v.pipe(
    v.string(),
    v.regex(/^[\x21-\x7e]{1,128}$/, ERROR_MESSAGES.visibleAscii(128)),
    v.description('Chosen by the client, new for each tap. The same one of one user counts once.'),
  ),
  results,
  silent: v.optional(
    v.pipe(
      v.array(templateId),
      v.maxLength(MAX_TEMPLATES_PER_REPORT, ERROR_MESSAGES.maxTemplates(MAX_TEMPLATES_PER_REPORT)),
      v.description('Templates whose answer came without a popup ("always keep").'),
    ),
    [],
  ),
  devices: v.exactOptional(
    v.pipe(
      v.array(device),
      v.minLength(1, ERROR_MESSAGES.oneDevice),
      v.maxLength(MAX_DEVICES_PER_REPORT, ERROR_MESSAGES.maxDevices(MAX_DEVICES_PER_REPORT)),
      v.description(
        'Of wx.requestSubscribeDeviceMessage: the devices that the answers are about. Only of device templates.',
      ),
      v.transform((devices) => eachOnce(devices)),
    ),
  ),
  openid: v.exactOptional(openid),
});

/** One popup asks about a device once, however often a report names it. */
function eachOnce(devices: readonly Device[]): Device[] {
  const byKey = devices.map((each) => [grantKeyOf({ templateId: '', device: each }), each] as const);
  return [...new Map(byKey).values()];
}

/** How long an accept lasts. */
export const templateKind = v.pipe(
  v.picklist(TEMPLATE_KINDS),
  v.description(
    [
      'one-time: an accept is one message.',
      'long-term: one accept, any number of messages.',
      "limited: the same, at a rate of WeChat's for each value of a required field.",
      'device: one accept for each device, any number of messages about it.',
      'unknown: not read from WeChat yet; counted as one-time.',
    ].join(' '),
  ),
);

/** What one user granted for one template. */
export const grant = v.object({
  openid,
  templateId,
  templateAlias: v.exactOptional(alias),
  device: v.exactOptional(
    v.pipe(named(device), v.description('Of a device template: one grant for each device.')),
  ),
  kind: templateKind,
  available: v.pipe(
    v.nullable(count),
    v.description(
      'Grants that may still be booked or sent; null for a long-term, limited or device template.',
    ),
  ),
  subscribed: v.exactOptional(
    v.pipe(v.boolean(), v.description('Of a long-term, limited or device template: whether it is on.')),
  ),
  held: v.pipe(count, v.description('Grants set aside for booked messages.')),
  spent: v.pipe(count, v.description('Grants that are gone.')),
  lastStatus: v.string(),
  silentReject: v.exactOptional(v.boolean()),
  updatedAt: rfc3339,
});

/** Some grants of one user. */
export const grantList = v.object({ grants: v.array(grant) });

/** A page of grants. */
export const grantPage = pageOf(grant);
