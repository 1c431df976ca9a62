import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { type Answer, success } from './answers.ts';
import { asRecord, textOf, type WeChatRequest } from './calls.ts';
import type { World } from './world.ts';

/** A device by the serial number of its maker and the id of its model. */
export interface Device {
  readonly sn: string;
  readonly modelId: string;
}

/** A ticket of a device is good for five minutes (WeChat contract §8.1b). */
const TICKET_LIFETIME_MS = 300_000;
/** Tickets remembered so that one that has expired is told from a made-up one. */
const REMEMBERED = 100_000;
const MOST_SN_BYTES = 128;

interface Ticket extends Device {
  readonly expiresAtMs: number;
}

/** Tickets with which a user may be asked about a device. */
export class DeviceTickets {
  readonly #clock: Clock;
  readonly #tickets = new Map<string, Ticket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue({ sn, modelId }: Device): string {
    const ticket = randomBytes(16).toString('hex');
    this.#tickets.set(ticket, { sn, modelId, expiresAtMs: this.#clock() + TICKET_LIFETIME_MS });
    const oldest = this.#tickets.keys().next();
    if (this.#tickets.size > REMEMBERED && !oldest.done) this.#tickets.delete(oldest.value);
    return ticket;
  }

  /** The errCode of the popup that a ticket draws, if it draws one. */
  failureOf(ticket: string, device: Device): 19720726 | 19720727 | undefined {
    const issued = this.#tickets.get(ticket);
    if (issued?.sn !== device.sn || issued.modelId !== device.modelId) return 19720726;
    return this.#clock() < issued.expiresAtMs ? undefined : 19720727;
  }
}

/** `POST /wxa/getsnticket`. The models that are registered are those of the device templates. */
export function getSnTicket(world: World, request: WeChatRequest): Answer {
  const refused = world.tokens.refusalOf(request.query.get('access_token'));
  if (refused) return world.refuse(refused);
  if (request.method !== 'POST') return world.refuse(43002);
  if (request.json.type === 'empty') return world.refuse(44002);
  const body = request.json.type === 'value' ? asRecord(request.json.value) : undefined;
  const [sn, modelId] = [textOf(body, 'sn'), textOf(body, 'model_id')];
  if (sn === undefined || modelId === undefined) return world.refuse(47001);
  if (Buffer.byteLength(sn) > MOST_SN_BYTES) return world.refuse(9800001);
  if (!/^[A-Za-z0-9_-]+$/.test(sn)) return world.refuse(9800002);
  const isRegistered = [...world.templates.values()].some((template) => template.modelId === modelId);
  if (!isRegistered) return world.refuse(9800003);
  return success({ sn_ticket: world.deviceTickets.issue({ sn, modelId }) });
}
