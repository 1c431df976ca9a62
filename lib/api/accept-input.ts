import type * as v from 'valibot';
import type { AcceptRequest } from '../messages/accept-message.ts';
import type { ComposeResult } from '../messages/compose-message.ts';
import type { IdempotencyClaim } from '../messages/idempotency-keys.ts';
import { TemplateLookupError } from '../templates/template-lookup-error.ts';
import type { OperatorCaller, UserCaller } from './access.ts';
import { bodyHashes } from './body-hash.ts';
import { dataErrors, invalidInput } from './data-errors.ts';
import { lookupProblem } from './lookup-problem.ts';
import type { AcceptView, MessageApi } from './message-api.ts';
import { inputError, ProblemError } from './problem.ts';
import type { messageBody } from './schemas/messages.ts';
import { unknownTemplate } from './unknown-template.ts';

/** One message that a caller orders. */
export interface AcceptInput {
  readonly body: v.InferOutput<typeof messageBody>;
  readonly idempotencyKey: string | undefined;
}

/** An order that may be accepted, or the message that its idempotency key stands for already. */
export type PreparedInput =
  | { readonly type: 'request'; readonly request: AcceptRequest }
  | { readonly type: 'earlier'; readonly accepted: Accepted };

/**
 * Accepts one message: may the caller, does the data fit, is there a grant. What was ordered before under the same
 * idempotency key is answered as it stands, whatever has changed since.
 *
 * @throws ProblemError for every answer but yes
 */
export async function acceptInput(
  api: MessageApi,
  caller: UserCaller | OperatorCaller,
  input: AcceptInput,
): Promise<Accepted> {
  const prepared = await prepareInput(api, caller, input);
  if (prepared.type === 'earlier') return prepared.accepted;
  const { request } = prepared;
  const [result] = await api.accept(request.openid, [request]);
  if (!result) throw new Error('A message was neither accepted nor refused.');
  return accepted(result);
}

/** All of accepting a message but looking at what the user granted. @throws ProblemError */
export async function prepareInput(
  api: MessageApi,
  caller: UserCaller | OperatorCaller,
  { body, idempotencyKey }: AcceptInput,
): Promise<PreparedInput> {
  const templateId = await api.resolveTemplateId(body.templateId);
  await refuseForeign(api, caller, { to: body.to, templateId });
  const idempotency: IdempotencyClaim | undefined =
    idempotencyKey === undefined
      ? undefined
      : {
          scope: scopeOf(caller),
          key: idempotencyKey,
          ...bodyHashes(body, { templateId, alias: await api.aliasOf(templateId) }),
        };
  const earlier = idempotency && (await api.earlier(body.to, idempotency));
  if (earlier) return { type: 'earlier', accepted: accepted(earlier) };
  const { data, fitted, templateKind } = await compose(api, body, templateId);
  const { to, page, miniprogramState, lang, sendAt, hold } = body;
  const request: AcceptRequest = {
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
  };
  return { type: 'request', request };
}

/** A message that was accepted, now or before. */
export type Accepted = Extract<AcceptView, { view: unknown }>;

/** The message that was accepted. @throws ProblemError for every other answer */
export function accepted(result: AcceptView): Accepted {
  switch (result.type) {
    case 'accepted':
    case 'repeated':
      return result;
    case 'no-grant':
      throw new ProblemError(
        'no-grant',
        'The user has no grant left for this template. Ask for one with wx.requestSubscribeMessage and report it.',
      );
    case 'too-many-waiting':
      throw new ProblemError(
        'too-many-waiting',
        'A user may have 200 messages waiting, or 100 kB of them. Wait until some have left, or cancel some.',
      );
    case 'idempotency-conflict':
      throw new ProblemError(
        'idempotency-conflict',
        'This key was used with another body. Take a new key for a new message.',
      );
    case 'send-at-too-old':
      throw invalidInput('invalid-body', [
        inputError('sendAt', {
          en: 'Must not lie more than a day in the past',
          zh: '不能早于一天之前',
        }),
      ]);
  }
}

/** A user writes to no one but themselves, and only what the settings open to users. */
async function refuseForeign(
  api: MessageApi,
  caller: UserCaller | OperatorCaller,
  { to, templateId }: Pick<AcceptInput['body'], 'to' | 'templateId'>,
): Promise<void> {
  if (caller.type !== 'user') return;
  if (to !== caller.openid) {
    throw new ProblemError(
      'wrong-caller',
      'A session may send to its own user only: set "to" to your own openid.',
    );
  }
  if (!(await api.isOpenToUsers(templateId))) {
    throw new ProblemError(
      'template-not-open',
      'The owner opens templates to users with USER_SENDABLE_TEMPLATES.',
    );
  }
}

const LOOKUP_FAILED =
  'The template is not known yet and could not be looked up at WeChat. Nothing was stored; try again.';

async function compose(
  api: MessageApi,
  { templateId: word, data, fit, timezone }: AcceptInput['body'],
  templateId: string,
): Promise<Extract<ComposeResult, { type: 'composed' }>> {
  const request = { templateId, data, fit, ...(timezone !== undefined && { timeZone: timezone }) };
  const result = await api.compose(request).catch((error) => {
    throw error instanceof TemplateLookupError ? lookupProblem(error, api.remedyFor, LOOKUP_FAILED) : error;
  });
  if (result.type === 'composed') return result;
  if (result.type === 'unknown-template') throw unknownTemplate(await api.nearestAlias(word));
  throw invalidInput('invalid-data', dataErrors(result.problems));
}

function scopeOf(caller: UserCaller | OperatorCaller): string {
  return caller.type === 'user' ? `user:${caller.openid}` : `operator:${caller.keyName}`;
}
