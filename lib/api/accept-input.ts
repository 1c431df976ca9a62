import type * as v from 'valibot';
import type { TemplateKind } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import { type AcceptServices, acceptMessage } from '../messages/accept-message.ts';
import type { AcceptRequest, AcceptResult } from '../messages/decide-acceptance.ts';
import { findKeyAnswer, type KeyedRequest } from '../messages/idempotency-keys.ts';
import type { Message } from '../messages/message.ts';
import type { AliasLookup } from '../templates/alias-lookup.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import { composeMessage } from '../templates/prepare-data.ts';
import type { OperatorCaller, UserCaller } from './access.ts';
import { bodyHashes } from './body-hash.ts';
import { inputError, invalidInput, ProblemError } from './problem.ts';
import type { messageBody } from './schemas/messages.ts';
import type { ShowMessageServices } from './show-messages.ts';
import { invalidData, orLookupProblem, unknownTemplate } from './template-problems.ts';

type Body = v.InferOutput<typeof messageBody>;

/** What messages are accepted and shown with. */
export interface AcceptInputServices extends AcceptServices, ShowMessageServices {
  readonly templates: Pick<TemplateCatalogue, 'find'>;
  readonly names: Pick<AliasLookup, 'resolveTemplateId' | 'aliasOf' | 'nearestAlias'>;
  /** Whether the settings let users send this template to themselves. */
  readonly isOpenToUsers: (templateId: string) => Promise<boolean>;
  readonly logger: Logger;
}

interface AcceptInput {
  readonly body: Body;
  readonly idempotencyKey: string | undefined;
}

/** A message that was accepted, now or before under the same idempotency key. */
type Accepted = Extract<AcceptResult, { message: Message }>;

/** A request that may be accepted, or the message that its idempotency key stands for already. */
type PreparedInput = { readonly request: AcceptRequest } | { readonly earlier: Accepted };

/**
 * Accepts one message: may the caller, does the data fit, is there a grant. What was accepted before under
 * the same idempotency key is answered as it stands, whatever has changed since.
 *
 * @throws ProblemError for every answer but yes
 */
export async function acceptInput(
  services: AcceptInputServices,
  caller: UserCaller | OperatorCaller,
  input: AcceptInput,
): Promise<Accepted> {
  const prepared = await prepareInput(services, caller, input);
  if ('earlier' in prepared) return prepared.earlier;
  return acceptedOrThrow(await acceptMessage(services, prepared.request));
}

/** Does all of accepting a message but looking at what the user granted. @throws ProblemError */
export async function prepareInput(
  services: AcceptInputServices,
  caller: UserCaller | OperatorCaller,
  { body, idempotencyKey: key }: AcceptInput,
): Promise<PreparedInput> {
  const { names, isOpenToUsers } = services;
  const { to, templateId: word, data, fit, timezone: timeZone, sendAt, expiresAt, ...same } = body;
  const templateId = await names.resolveTemplateId(word);
  if (caller.type === 'user') await requireOwnMessage(caller, to, () => isOpenToUsers(templateId));
  const scope = caller.type === 'user' ? `user:${caller.openid}` : `operator:${caller.keyName}`;
  const idempotency: KeyedRequest | undefined =
    key === undefined
      ? undefined
      : { scope, key, ...bodyHashes(body, templateId, await names.aliasOf(templateId)) };
  const earlier = idempotency && (await findKeyAnswer(services, to, idempotency));
  if (earlier) return { earlier: acceptedOrThrow(earlier) };
  const asked = { templateId, data, fit, ...(timeZone !== undefined && { timeZone }) };
  // The answer shows the alias: it is read along, so that nothing is read any more once the message is accepted.
  const [composed] = await Promise.all([
    orLookupProblem(composeMessage(services.templates, asked)),
    names.aliasOf(templateId),
  ]);
  if (composed.type === 'unknown-template') throw unknownTemplate(await names.nearestAlias(word));
  if (composed.type === 'invalid-data') throw invalidData(composed.problems);
  requireDevice(composed.templateKind, body.device);
  return {
    request: {
      ...same,
      openid: to,
      templateId,
      templateKind: composed.templateKind,
      data: composed.data,
      fitted: composed.fitted,
      ...(sendAt !== undefined && { sendAtMs: sendAt }),
      ...(expiresAt !== undefined && { expiresAtMs: expiresAt }),
      ...(idempotency && { idempotency }),
    },
  };
}

/** WeChat lists a device template as a long-term one: until its owner says so, the caller's word counts. */
function requireDevice(kind: TemplateKind, device: Body['device']): void {
  if (!device && kind === 'device') {
    throw invalidInput('invalid-body', [
      inputError('device', {
        en: 'is needed: {"sn", "modelId"} as the user subscribed to them, because the template is for devices',
        zh: '必填：该模板是设备消息模板，请写明用户订阅时所用的 {"sn", "modelId"}',
      }),
    ]);
  }
  if (device && (kind === 'one-time' || kind === 'limited')) {
    throw invalidInput('invalid-body', [
      inputError('device', {
        en: `only goes with a device template, and this one is ${kind}`,
        zh: `只能用于设备消息模板，该模板是 ${kind}`,
      }),
    ]);
  }
}

/** A user writes to no one but themselves, and only what the settings open to users. */
async function requireOwnMessage(
  caller: UserCaller,
  to: string,
  isOpen: () => Promise<boolean>,
): Promise<void> {
  if (to !== caller.openid) {
    throw new ProblemError(
      'wrong-caller',
      'A session may send to its own user only: set "to" to your own openid.',
    );
  }
  if (await isOpen()) return;
  throw new ProblemError(
    'template-not-open',
    'The owner opens templates to users with USER_SENDABLE_TEMPLATES.',
  );
}

/** The message that was accepted. @throws ProblemError for every other answer */
export function acceptedOrThrow(result: AcceptResult): Accepted {
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
    case 'expires-too-soon':
      throw invalidInput('invalid-body', [
        inputError('expiresAt', { en: 'Must be after sendAt and after now', zh: '须晚于 sendAt 和当前时间' }),
      ]);
  }
}
