import type { Device } from './devices.ts';
import type { Template } from './templates.ts';

/** What WeChat itself knows about one user and one template, or one device of the user and its template. No call of WeChat's reports it. */
export interface GrantEntry {
  readonly openid: string;
  readonly templateId: string;
  readonly device?: Device;
  readonly kind: Template['kind'];
  /** Accepts so far. */
  granted: number;
  /** Accepted sends so far. */
  spent: number;
  /** Sends left of a one-time template; 0 for all others. */
  left: number;
  /** Whether a template that is not one-time is subscribed to. */
  subscribed: boolean;
}

/** WeChat's own grants: +1 per accept, -1 per accepted send, none lost on refusal (WeChat contract §3.4). */
export class GrantLedger {
  readonly #entries = new Map<string, Map<string, GrantEntry>>();

  accept(openid: string, template: Template, device?: Device): void {
    const entry = this.#ensure(openid, template, device);
    entry.granted += 1;
    if (template.kind === 'one-time') entry.left += 1;
    else entry.subscribed = true;
  }

  /** Takes the grant of one accepted send; false, changing nothing, when there is none. */
  spend(openid: string, template: Template, device?: Device): boolean {
    const entry = this.#entries.get(openid)?.get(keyOf(template.templateId, device));
    if (!entry || !isUsable(entry)) return false;
    entry.spent += 1;
    if (template.kind === 'one-time') entry.left -= 1;
    return true;
  }

  isUsable(openid: string, templateId: string, device?: Device): boolean {
    const entry = this.#entries.get(openid)?.get(keyOf(templateId, device));
    return entry !== undefined && isUsable(entry);
  }

  /** Forgets what is left, and the subscription: to every device, where it is a template of devices. */
  drop(openid: string, templateId: string): void {
    for (const entry of this.#entries.get(openid)?.values() ?? [])
      if (entry.templateId === templateId) Object.assign(entry, { left: 0, subscribed: false });
  }

  list(filter: { openid?: string | undefined; templateId?: string | undefined } = {}): readonly GrantEntry[] {
    const users =
      filter.openid === undefined ? [...this.#entries.values()] : [this.#entries.get(filter.openid)];
    return users
      .flatMap((entries) => [...(entries?.values() ?? [])])
      .filter((entry) => filter.templateId === undefined || entry.templateId === filter.templateId)
      .map((entry) => ({ ...entry }));
  }

  #ensure(openid: string, { templateId, kind }: Template, device?: Device): GrantEntry {
    const key = keyOf(templateId, device);
    const ofUser = this.#entries.get(openid) ?? new Map<string, GrantEntry>();
    this.#entries.set(openid, ofUser);
    const entry = ofUser.get(key) ?? {
      openid,
      templateId,
      ...(device && { device }),
      kind,
      granted: 0,
      spent: 0,
      left: 0,
      subscribed: false,
    };
    ofUser.set(key, entry);
    return entry;
  }
}

function isUsable(entry: GrantEntry): boolean {
  return entry.kind === 'one-time' ? entry.left > 0 : entry.subscribed;
}

function keyOf(templateId: string, device: Device | undefined): string {
  return device ? JSON.stringify([templateId, device.sn, device.modelId]) : templateId;
}
