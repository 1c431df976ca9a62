import type { BilingualText } from '../bilingual-text.ts';
import type { TemplateKind } from '../grants/ledger.ts';

/** The kinds of field that have a rule (WeChat contract §4), and `unknown` for any that came later. */
export type FieldKind =
  | 'thing'
  | 'number'
  | 'letter'
  | 'symbol'
  | 'character_string'
  | 'time'
  | 'date'
  | 'amount'
  | 'phone_number'
  | 'car_number'
  | 'name'
  | 'phrase'
  | 'enum'
  | 'enum_string'
  | 'unknown';

/** One place of a template that a message must fill. */
export interface TemplateField {
  /** Kind and index, as it is sent: `thing1`, `character_string13`. */
  readonly key: string;
  readonly kind: FieldKind;
  /** What the user sees before the value. */
  readonly label: string;
  /** WeChat's sample value; empty when it gave none. */
  readonly example: string;
  readonly rule: BilingualText;
  /** For an enum: the only values that WeChat takes. */
  readonly values?: readonly string[];
}

/** When WeChat's list first showed other fields than before, and the keys that it had until then. */
export interface FieldChange {
  readonly atMs: number;
  readonly before: readonly string[];
}

/** What stood to be sent with a template when it was found to be gone or changed. */
export interface TemplateUse {
  readonly atMs: number;
  /** Booked messages that WeChat would now refuse. */
  readonly messages: number;
  /** The first of them, soonest first. */
  readonly messageIds: readonly string[];
  /** Campaigns that were paused for it. */
  readonly campaigns: readonly { readonly id: string; readonly name: string }[];
}

/** A subscribe-message template of the account, as WeChat listed it. Fields are in WeChat's order. */
export interface Template {
  readonly templateId: string;
  readonly title: string;
  readonly kind: TemplateKind;
  readonly fields: readonly TemplateField[];
  /** When WeChat last listed it. */
  readonly syncedAtMs: number;
  /** When WeChat first no longer listed it; absent while it does. */
  readonly removedAtMs?: number;
  /** The latest change of its fields; it is remembered for a while, so that its owner gets to know. */
  readonly changed?: FieldChange;
  /** What was found to use it, as of the last sync; absent for a template in good order. */
  readonly usedBy?: TemplateUse;
}

/** Where the account's templates are remembered between runs and shared by all functions. */
export interface TemplateStore {
  /** The template as last saved; undefined when it was never saved or can no longer be read. */
  get(templateId: string): Promise<Template | undefined>;
  /** Every template that can be read. */
  list(): Promise<readonly Template[]>;
  /** Replaces the given templates, leaves the others alone, and notes when WeChat was read. Safe to repeat. */
  save(templates: readonly Template[], syncedAtMs: number): Promise<void>;
  /** When WeChat was last read by anyone; undefined when it never was. */
  lastSyncedAtMs(): Promise<number | undefined>;
}
