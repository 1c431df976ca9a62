import type { BilingualText } from '../bilingual-text.ts';
import type { TemplateKind } from '../grants/template-kind.ts';

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
}
