import * as v from 'valibot';
import { storedObject } from '../stored-schemas.ts';
import type { Ledger } from './ledger.ts';

/** A device, by the serial number and the model that the user subscribed with (WeChat contract §8.1b). */
export const deviceSchema = storedObject({ sn: v.string(), modelId: v.string() });

/** A device that messages are about. */
export type Device = Readonly<v.InferOutput<typeof deviceSchema>>;

/** What a message takes its grant from. */
export interface GrantSubject {
  readonly templateId: string;
  /** Of a device template: the user subscribes to each device on its own. */
  readonly device?: Device;
}

/** Stands in no template id, serial number or model id. */
const SEPARATOR = ' ';

/**
 * The key of a grant in its user's ledger: the template, and the device where it is of one. So each device has an
 * epoch of its own, and what is revoked for one stays for the others.
 */
export function grantKeyOf({ templateId, device }: GrantSubject): string {
  return device ? [templateId, device.sn, device.modelId].join(SEPARATOR) : templateId;
}

/** What a grant's key names. */
export function readGrantKey(key: string): GrantSubject {
  const [templateId = key, sn, modelId] = key.split(SEPARATOR);
  return sn === undefined || modelId === undefined ? { templateId } : { templateId, device: { sn, modelId } };
}

/** The templates that a user ever answered for. */
export function templateIdsOf({ templates }: Ledger): ReadonlySet<string> {
  return new Set(Object.keys(templates).map((key) => readGrantKey(key).templateId));
}

/** Those templates of a ledger that an earlier one has no answer for. */
export function newTemplateIds(before: Ledger, after: Ledger): readonly string[] {
  const known = templateIdsOf(before);
  return [...templateIdsOf(after)].filter((templateId) => !known.has(templateId));
}

/** The keys of all grants of a template in a ledger, in order. */
export function grantKeysOf({ templates }: Ledger, templateId: string): readonly string[] {
  return Object.keys(templates)
    .filter((key) => key === templateId || key.startsWith(templateId + SEPARATOR))
    .sort();
}
