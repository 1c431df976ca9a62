import { createHash } from 'node:crypto';
import type * as v from 'valibot';
import type { IdempotencyClaim } from '../messages/accept-message.ts';
import type { ComposeResult } from '../messages/compose-message.ts';
import { TemplateLookupError } from '../templates/template-lookup-error.ts';
import type { OperatorCaller, UserCaller } from './access.ts';
import type { AcceptView, MessageApi } from './message-api.ts';
import { ProblemError } from './problem.ts';
import type { messageBody } from './schemas/messages.ts';

/** One message that a caller orders. */
export interface AcceptOrder {
  readonly body: v.InferOutput<typeof messageBody>;
  readonly idempotencyKey: string | undefined;
}

/**
 * Takes one message in: may the caller, does the data fit, is there a grant. What was ordered before under the same
 * idempotency key is answered as it stands, whatever has changed since.
 *
 * @throws ProblemError for every answer but yes
 */
export async function acceptOrder(
  api: MessageApi,
  caller: UserCaller | OperatorCaller,
  { body, idempotencyKey }: AcceptOrder,
): Promise<Accepted> {
  refuseForeign(api, caller, body);
  const idempotency: IdempotencyClaim | undefined =
    idempotencyKey === undefined
      ? undefined
      : { scope: scopeOf(caller), key: idempotencyKey, bodyHash: hashOf(body) };
  const earlier = idempotency && (await api.earlier(idempotency));
  if (earlier) return accepted(earlier);
  const { data, fitted, templateKind } = await compose(api, body);
  const { to, templateId, page, miniprogramState, lang, sendAt, hold } = body;
  return accepted(
    await api.accept({
      openid: to,
      templateId,
      templateKind,
      data,
      fitted,
      ...(page !== undefined && { page }),
      miniprogramState,
      lang,
      ...(sendAt !== undefined && { sendAtMs: sendAt }),
      hold,
      ...(idempotency && { idempotency }),
    }),
  );
}

type Accepted = Extract<AcceptView, { view: unknown }>;

function accepted(result: AcceptView): Accepted {
  switch (result.type) {
    case 'accepted':
    case 'repeated':
      return result;
    case 'no-grant':
      throw new ProblemError(
        'no-grant',
        'The user has no grant left for this template. Ask for one with wx.requestSubscribeMessage and report it.',
      );
    case 'idempotency-conflict':
      throw new ProblemError(
        'idempotency-conflict',
        'This key was used with another body. Take a new key for a new message.',
      );
    case 'send-at-too-old':
      throw invalid('invalid-body', [
        { path: 'sendAt', message: 'Must not lie more than a day in the past' },
      ]);
  }
}

/** A user writes to no one but themselves, and only what the settings open to users. */
function refuseForeign(
  api: MessageApi,
  caller: UserCaller | OperatorCaller,
  { to, templateId }: AcceptOrder['body'],
): void {
  if (caller.type !== 'user') return;
  if (to !== caller.openid) {
    throw new ProblemError(
      'wrong-caller',
      'A session may send to its own user only: set "to" to your own openid.',
    );
  }
  if (!api.isOpenToUsers(templateId)) {
    throw new ProblemError(
      'template-not-open',
      'The owner opens templates to users with USER_SENDABLE_TEMPLATES.',
    );
  }
}

async function compose(
  api: MessageApi,
  body: AcceptOrder['body'],
): Promise<Extract<ComposeResult, { type: 'composed' }>> {
  const result = await api.compose(body).catch((error) => {
    throw error instanceof TemplateLookupError ? lookupProblem(api, error) : error;
  });
  if (result.type === 'composed') return result;
  if (result.type === 'unknown-template') {
    throw new ProblemError(
      'unknown-template',
      "WeChat lists no such template for this account. Take the id from the account's subscribe-message templates in WeChat's console.",
    );
  }
  const errors = result.problems.map(({ path, message }) => ({
    path,
    message: `${message.en}\n${message.zh}`,
  }));
  throw invalid('invalid-data', errors);
}

function invalid(
  code: 'invalid-data' | 'invalid-body',
  errors: readonly { path: string; message: string }[],
): ProblemError {
  return new ProblemError(code, `Correct ${errors.map(({ path }) => path).join(', ')}.`, { errors });
}

/** The template is not known yet, and WeChat could not be asked for it. */
function lookupProblem(api: MessageApi, { wechat }: TemplateLookupError): ProblemError {
  const detail =
    'The template is not known yet and could not be looked up at WeChat. Nothing was stored; try again.';
  return wechat
    ? new ProblemError('wechat-refused', detail, {
        wechat,
        remedy: api.remedyFor(wechat.errcode, wechat.errmsg),
      })
    : new ProblemError('wechat-unavailable', detail, { headers: { 'retry-after': '10' } });
}

function scopeOf(caller: UserCaller | OperatorCaller): string {
  return caller.type === 'user' ? `user:${caller.openid}` : `operator:${caller.keyName}`;
}

/** Schemas put the fields into one order, so equal bodies hash alike; the order inside `data` is the caller's. */
function hashOf(body: AcceptOrder['body']): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}
