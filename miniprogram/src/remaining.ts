import type { Api } from './api.ts';
import type { Device } from './reports.ts';
import { assign, memberOf } from './values.ts';

/** What may still be sent to the user for one template. */
export interface Remaining {
  readonly templateId: string;
  readonly kind: 'one-time' | 'long-term' | 'limited' | 'device' | 'unknown';
  /** Of a device template: the device; `all` has the others. */
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

/** The same of a template with all that there is of it. */
export interface RemainingOf extends Remaining {
  /** One for each device of a device template; of any other template only this one, and none before its first report. */
  readonly all: readonly Remaining[];
}

/** Asks the service what is left of one template, of up to 200 devices. @throws ServiceError */
export function readRemaining(api: Api, templateId: string): Promise<RemainingOf> {
  return api(
    () => ({ method: 'GET', path: `/v1/grants?limit=200&templateId=${encodeURIComponent(templateId)}` }),
    isPage,
  ).then(({ items }) => {
    const first: Remaining = items[0] || { templateId, kind: 'unknown', available: 0, held: 0, spent: 0 };
    return assign({ all: items }, first);
  });
}

function isPage(body: unknown): body is { readonly items: readonly Remaining[] } {
  return Array.isArray(memberOf(body, 'items'));
}
