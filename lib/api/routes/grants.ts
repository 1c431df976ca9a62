import * as v from 'valibot';
import { grantKeyOf, grantKeysOf, readGrantKey } from '../../grants/grant-key.ts';
import type { GrantReader } from '../../grants/grant-store.ts';
import type { Ledger } from '../../grants/ledger.ts';
import {
  type GrantReport,
  MAX_DEVICE_GRANTS_PER_USER,
  MAX_REPORTS_PER_DAY,
  MAX_TEMPLATES_PER_USER,
  type ReportResult,
} from '../../grants/report-grants.ts';
import type { AliasLookup } from '../../templates/alias-lookup.ts';
import type { OperatorCaller, UserCaller } from '../access.ts';
import { decodeCursor, pageQuery, pageReply } from '../paging.ts';
import { inputError, invalidInput, ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { openid, templateId } from '../schemas/common.ts';
import { grantList, grantPage, grantReportBody } from '../schemas/grants.ts';
import { grantView } from '../views.ts';

/** The routes of `/v1/grants` as data. */
export const grantSpecs = describeRoutes({
  reportGrants: {
    route: 'POST /v1/grants',
    summary: 'Record what a user answered in the subscribe panel',
    description:
      'The same requestId of one user counts once, however often it is sent. Operators name the user by openid.',
    whileStopped: true,
    access: { user: true, operator: 'send' },
    body: grantReportBody,
    answers: { 200: { description: 'The grants of the reported templates', schema: grantList } },
    problems: ['too-many-templates', 'too-many-devices', 'rate-limited', 'busy'],
  },
  listGrants: {
    route: 'GET /v1/grants',
    summary: 'What may be sent to a user, or who may be sent a template',
    description: 'A user sees their own. Operators name an openid, a templateId or both.',
    access: { user: true, operator: 'read' },
    query: v.strictObject({
      ...pageQuery,
      openid: v.exactOptional(openid),
      templateId: v.exactOptional(templateId),
    }),
    answers: { 200: { description: 'The grants', schema: grantPage } },
  },
});

interface GrantRouteServices {
  readonly report: (openid: string, requestId: string, report: GrantReport) => Promise<ReportResult>;
  readonly grants: GrantReader;
  readonly names: Pick<AliasLookup, 'resolveTemplateId' | 'aliasOf'>;
}

/** The routes of `/v1/grants`. */
export function grantRoutes({ report, grants, names }: GrantRouteServices): readonly Route[] {
  /** What a user granted by these keys, where they ever answered. */
  async function viewsOf(ledger: Ledger, keys: readonly string[]) {
    return Promise.all(
      keys
        .flatMap((key) => grantView(ledger, key) ?? [])
        .map(async (view) => {
          const templateAlias = await names.aliasOf(view.templateId);
          return { ...view, ...(templateAlias !== undefined && { templateAlias }) };
        }),
    );
  }

  return [
    route(grantSpecs.reportGrants, async ({ caller, body }) => {
      const openid = userOf(caller, body.openid, 'body');
      const results = await withIds(names, body.results);
      const silent = await Promise.all(body.silent.map(names.resolveTemplateId));
      const { devices } = body;
      const result = await report(openid, body.requestId, { results, silent, ...(devices && { devices }) });
      if (!('ledger' in result)) throw reportProblem(result);
      const keys = Object.keys(results).flatMap((templateId) =>
        devices ? devices.map((device) => grantKeyOf({ templateId, device })) : [templateId],
      );
      return { status: 200, body: { grants: await viewsOf(result.ledger, keys) } };
    }),

    route(grantSpecs.listGrants, async ({ caller, query }) => {
      const word = query.templateId;
      const named = word === undefined ? undefined : await names.resolveTemplateId(word);
      const after = decodeCursor(v.string(), query.cursor);
      if (caller.type === 'operator' && query.openid === undefined && named !== undefined) {
        const { ledgers, next } = await grants.ofTemplate(named, query.limit, after);
        const views = await Promise.all(ledgers.map((ledger) => viewsOf(ledger, grantKeysOf(ledger, named))));
        return pageReply(views.flat(), next);
      }
      const ledger = await grants.ofUser(userOf(caller, query.openid, 'query'));
      const wanted = Object.keys(ledger.templates)
        .sort()
        .filter((key) => named === undefined || readGrantKey(key).templateId === named)
        .filter((key) => after === undefined || key > after);
      const shown = wanted.slice(0, query.limit);
      return pageReply(await viewsOf(ledger, shown), wanted.length > shown.length ? shown.at(-1) : undefined);
    }),
  ];
}

/** Why nothing of a report was counted. */
function reportProblem(refusal: Exclude<ReportResult, { readonly ledger: Ledger }>): ProblemError {
  switch (refusal.type) {
    case 'too-many-templates':
      return new ProblemError(
        refusal.type,
        `One user can have answers for ${MAX_TEMPLATES_PER_USER} templates at most; this report adds more.`,
      );
    case 'too-many-devices':
      return new ProblemError(
        refusal.type,
        `One user can be subscribed to ${MAX_DEVICE_GRANTS_PER_USER} devices at most, each template of a device counted.`,
      );
    case 'too-many-reports':
      return new ProblemError(
        'rate-limited',
        `One user can report ${MAX_REPORTS_PER_DAY} popups a day. Nothing was counted.`,
        {
          remedy: REPORT_TOMORROW,
          headers: { 'retry-after': String(Math.ceil(refusal.retryAfterMs / 1000)) },
        },
      );
    case 'device-missing':
    case 'not-of-devices':
      return invalidInput('invalid-body', [inputError('devices', DEVICE_RULES[refusal.type])]);
  }
}

const DEVICE_RULES = {
  'device-missing': {
    en: 'must name the device: a template of this report is for devices',
    zh: '必须指明设备：本次上报中有设备消息模板',
  },
  'not-of-devices': {
    en: 'only goes with device templates, and a template of this report is none',
    zh: '只能与设备消息模板一起使用，本次上报中有其他类型的模板',
  },
} as const;

const REPORT_TOMORROW = {
  en: 'Keep the report and send it again after "retry-after". Make sure that each popup is reported once, with a requestId of its own.',
  zh: '请保留该上报，等 retry-after 指定的秒数后再发送；并确认每次弹窗只上报一次，且各用一个 requestId。',
};

/** @throws ProblemError when a template is named twice, by its id and by its alias */
async function withIds<T>(
  { resolveTemplateId }: Pick<AliasLookup, 'resolveTemplateId'>,
  results: Readonly<Record<string, T>>,
): Promise<Record<string, T>> {
  const entries = await Promise.all(
    Object.entries(results).map(async ([name, status]) => [await resolveTemplateId(name), status] as const),
  );
  const byId = Object.fromEntries(entries);
  if (Object.keys(byId).length === entries.length) return byId;
  throw invalidInput('invalid-body', [
    inputError('results', {
      en: 'must name each template once, by its id or by its alias',
      zh: '每个模板只能出现一次，用 ID 或别名均可',
    }),
  ]);
}

/** Whose grants are meant: a user's own, or those of the user whom the operator names. */
function userOf(
  caller: UserCaller | OperatorCaller,
  named: string | undefined,
  where: 'body' | 'query',
): string {
  if (caller.type === 'user') {
    if (named === undefined || named === caller.openid) return caller.openid;
    throw new ProblemError('not-found', 'A session can be used for its own user only: leave openid out.');
  }
  if (named !== undefined) return named;
  const errors = [
    inputError('openid', { en: 'An operator must name the user', zh: '用 API Key 调用时必须指定用户' }),
  ];
  throw new ProblemError(where === 'body' ? 'invalid-body' : 'invalid-query', 'Name the user by openid.', {
    errors,
  });
}
