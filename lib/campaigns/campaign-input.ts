import type { BilingualText } from '../bilingual-text.ts';
import type { Language, MiniprogramState } from '../messages/message.ts';
import type { FieldProblem } from '../templates/field-problem.ts';
import type { QuietHours, Recipient } from './campaign.ts';

/** A campaign as its owner asks for it. */
export interface CampaignInput {
  readonly name: string;
  readonly templateId: string;
  /** As for a message; not looked at yet. */
  readonly data: unknown;
  readonly page?: string;
  readonly miniprogramState: MiniprogramState;
  readonly lang: Language;
  readonly fit: boolean;
  readonly audience:
    | { readonly type: 'grantees' }
    | { readonly type: 'recipients'; readonly recipients: readonly Recipient[] };
  readonly schedule?: { readonly expression: string; readonly timezone: string };
  readonly maxPerSecond?: number;
  readonly quietHours?: QuietHours;
}

/** One wrong place of an order and the rule that it breaks. `path` is dotted. */
export interface ValidationError {
  readonly path: string;
  readonly message: BilingualText;
}

/** Why an order is refused. Nothing was stored. */
export type InputRefusal =
  | { readonly type: 'unknown-template' }
  | { readonly type: 'invalid-data'; readonly problems: readonly FieldProblem[] }
  | {
      readonly type: 'invalid-schedule' | 'invalid-variables' | 'invalid-order';
      readonly errors: readonly ValidationError[];
    };
