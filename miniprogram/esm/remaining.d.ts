import type { Api } from './api.js';
import type { Device } from './reports.js';
/** What may still be sent to the user for one template. */
export interface Remaining {
    readonly templateId: string;
    readonly kind: 'one-time' | 'long-term' | 'limited' | 'device' | 'unknown';
    /** Of a device template: the device, the first of several. */
    readonly device?: Device;
    /** Messages that may still be booked or sent; null for all kinds but `one-time` and `unknown`. */
    readonly available: number | null;
    /** Of these other kinds: whether it is on. */
    readonly subscribed?: boolean;
    /** Set aside for what is booked already. */
    readonly held: number;
    readonly spent: number;
    /** The last answer was a refusal that came without a popup. */
    readonly silentReject?: boolean;
}
/** Asks the service what is left of one template. @throws ServiceError */
export declare function readRemaining(api: Api, templateId: string): Promise<Remaining>;
