import { type Answer, success } from './answers.ts';
import { asRecord, textOf, type WeChatRequest } from './calls.ts';
import type { World } from './world.ts';

const MAX_SN_BYTES = 128;

/** `POST /wxa/getsnticket`. The models that are registered are those of the device templates. */
export function getSnTicket(world: World, request: WeChatRequest): Answer {
  const refused = world.tokens.refusalOf(request.query.get('access_token'));
  if (refused) return world.refuse(refused);
  if (request.method !== 'POST') return world.refuse(43002);
  if (request.json.type === 'empty') return world.refuse(44002);
  const body = request.json.type === 'value' ? asRecord(request.json.value) : undefined;
  const [sn, modelId] = [textOf(body, 'sn'), textOf(body, 'model_id')];
  if (sn === undefined || modelId === undefined) return world.refuse(47001);
  if (Buffer.byteLength(sn) > MAX_SN_BYTES) return world.refuse(9800001);
  if (!/^[A-Za-z0-9_-]+$/.test(sn)) return world.refuse(9800002);
  const isRegistered = [...world.templates.values()].some((template) => template.modelId === modelId);
  if (!isRegistered) return world.refuse(9800003);
  return success({ sn_ticket: world.deviceTickets.issue({ sn, modelId }) });
}
