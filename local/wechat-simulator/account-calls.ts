import { type Answer, success } from './answers.ts';
import { asRecord, textOf, type WeChatRequest } from './calls.ts';
import { CARD_TEMPLATES } from './card-kinds.ts';
import { COUNTED_PATHS, type CountedCall } from './quotas.ts';
import { toWireTemplate } from './templates.ts';
import type { World } from './world.ts';

/** `GET /wxaapi/newtmpl/gettemplate` (WeChat contract §5). */
export function listTemplates(world: World, request: WeChatRequest): Answer {
  const refused = world.tokens.refusalOf(request.query.get('access_token'));
  if (refused) return world.refuse(refused);
  if (request.method !== 'GET') return world.refuse(40400);
  const limited = world.quotas.take('templates', world.switches);
  if (limited) return world.refuse(limited);
  const cards = [...world.cardTemplates].map(([tid, templateId]) => toWireCardTemplate(tid, templateId));
  return success({ data: [...[...world.templates.values()].map(toWireTemplate), ...cards] });
}

/** How gettemplate lists the template of a service card, and whether it does, no page says (WeChat contract §5.3). */
function toWireCardTemplate(tid: string, templateId: string): object {
  return { priTmplId: templateId, title: CARD_TEMPLATES.get(tid), content: '', example: '', type: 2 };
}

/** `POST /cgi-bin/openapi/quota/get` (WeChat contract §2.2). */
export function getQuota(world: World, request: WeChatRequest): Answer {
  const body = readAccountBody(world, request);
  if ('errcode' in body) return body;
  const path = textOf(body.fields, 'cgi_path') ?? '';
  const call = countedCall(path);
  return call ? success(world.quotas.report(call, world.switches)) : world.refuse(76021);
}

/** `POST /cgi-bin/clear_quota`, 10 times a month (WeChat contract §2.2). */
export function clearQuota(world: World, request: WeChatRequest): Answer {
  const body = readAccountBody(world, request);
  if ('errcode' in body) return body;
  if (textOf(body.fields, 'appid') !== world.appId) return world.refuse(40013);
  return world.quotas.clear() ? success() : world.refuse(48006);
}

function readAccountBody(
  world: World,
  request: WeChatRequest,
): Answer | { fields: Readonly<Record<string, unknown>> } {
  const refused = world.tokens.refusalOf(request.query.get('access_token'));
  if (refused) return world.refuse(refused);
  if (request.method !== 'POST') return world.refuse(43002);
  if (request.json.type === 'empty') return world.refuse(44002);
  const fields = request.json.type === 'value' ? asRecord(request.json.value) : undefined;
  return fields ? { fields } : world.refuse(47001);
}

function countedCall(path: string): CountedCall | undefined {
  const known: Readonly<Record<string, CountedCall>> = COUNTED_PATHS;
  return Object.hasOwn(known, path) ? known[path] : undefined;
}
