import { randomBytes } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';

/** A device by the serial number of its maker and the id of its model. */
export interface Device {
  readonly sn: string;
  readonly modelId: string;
}

/** A ticket of a device is good for five minutes (WeChat contract §8.1b). */
const TICKET_LIFETIME_MS = 300_000;
/** Tickets remembered so that one that has expired is told from a made-up one. */
const REMEMBERED = 100_000;

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
