import * as v from 'valibot';
import type { BilingualText } from '../bilingual-text.ts';
import { TEMPLATE_KINDS, type TemplateKind } from '../grants/ledger.ts';
import { count, instant, storedObject } from '../stored-schemas.ts';

/** The kinds of field that have a rule (WeChat contract §4), and `unknown` for any that came later. */
export const FIELD_KINDS = [
  'thing',
  'number',
  'letter',
  'symbol',
  'character_string',
  'time',
  'date',
  'amount',
  'phone_number',
  'car_number',
  'name',
  'phrase',
  'enum',
  'enum_string',
  'unknown',
] as const;

/** One of {@link FIELD_KINDS}. */
export type FieldKind = (typeof FIELD_KINDS)[number];

/** What is remembered of a field; its kind and rule follow from the key. */
const fieldSource = v.object({
  /** Kind and index, as it is sent: `thing1`, `character_string13`. */
  key: v.string(),
  /** What the user sees before the value. */
  label: v.string(),
  /** WeChat's sample value; empty when it gave none. */
  example: v.string(),
  /** For an enum: the only values that WeChat takes. */
  values: v.exactOptional(v.pipe(v.array(v.string()), v.readonly())),
});

/** What is remembered of a field. */
export type FieldSource = Readonly<v.InferOutput<typeof fieldSource>>;

/** One place of a template that a message must fill. */
export interface TemplateField extends FieldSource {
  readonly kind: FieldKind;
  readonly rule: BilingualText;
}

/** A template of the account as it is stored. */
export const storedTemplate = storedObject({
  templateId: v.string(),
  title: v.string(),
  /** As WeChat lists it: one-time, long-term, or neither. */
  kind: v.picklist(TEMPLATE_KINDS),
  /** The kind that its owner declared, which WeChat does not tell (WeChat contract §8.1). */
  declaredKind: v.exactOptional(v.picklist(TEMPLATE_KINDS)),
  /** In WeChat's order. */
  fields: v.array(fieldSource),
  /** When WeChat last listed it. */
  syncedAtMs: instant,
  /** When WeChat first no longer listed it; absent while it does. */
  removedAtMs: v.exactOptional(instant),
  /** When it was deleted through the API and nothing was left that needed it. It is listed no more. */
  deletedAtMs: v.exactOptional(instant),
  /** When WeChat's list first showed other fields than before, and the keys until then; kept for a while. */
  changed: v.exactOptional(v.object({ atMs: instant, before: v.pipe(v.array(v.string()), v.readonly()) })),
  /** What was found to use it once it was gone or changed, as of the last sync. */
  usedBy: v.exactOptional(
    v.object({
      atMs: instant,
      /** Pending messages that WeChat would now refuse. */
      messages: count,
      /** The first of them, soonest first. */
      messageIds: v.pipe(v.array(v.string()), v.readonly()),
      /** Campaigns that were paused for it. */
      campaigns: v.pipe(v.array(v.object({ id: v.string(), name: v.string() })), v.readonly()),
    }),
  ),
});

type StoredTemplate = Readonly<v.InferOutput<typeof storedTemplate>>;

/** A subscribe-message template of the account, as WeChat listed it. */
export interface Template extends Omit<StoredTemplate, 'fields'> {
  readonly fields: readonly TemplateField[];
}

/** The kind of a template: the one that its owner declared, else the one that WeChat lists. */
export function templateKindOf({
  kind,
  declaredKind = kind,
}: Pick<Template, 'kind' | 'declaredKind'>): TemplateKind {
  return declaredKind;
}

/** The latest change of a template's fields. */
export type FieldChange = NonNullable<Template['changed']>;

/** What stood to be sent with a template when it was found to be gone or changed. */
export type TemplateUse = NonNullable<Template['usedBy']>;

/** One value that fitting put into another form. */
export const fittedValue = v.object({ key: v.string(), from: v.string(), to: v.string() });

/** One value that fitting put into another form. */
export type FittedValue = Readonly<v.InferOutput<typeof fittedValue>>;

/** Where the account's templates are remembered between runs and shared by all functions. */
export interface TemplateStore {
  /** The template as last saved; undefined when it was never saved or can no longer be read. */
  get(templateId: string): Promise<Template | undefined>;
  /** Every template that can be read. */
  list(): Promise<readonly Template[]>;
  /**
   * Replaces what WeChat said of the given templates, leaves the others and all declared kinds alone, and notes
   * when WeChat was read. Safe to repeat.
   */
  save(templates: readonly Template[], syncedAtMs: number): Promise<void>;
  /** When WeChat was last read by anyone; undefined when it never was. */
  lastSyncedAtMs(): Promise<number | undefined>;
}

/** Where the kinds that owners declare are kept. */
export interface DeclaredKinds {
  /** Declares the kind of a template that is saved, or takes the declaration back. Safe to repeat. */
  declareKind(templateId: string, kind: TemplateKind | undefined): Promise<void>;
}

/** Whether the kind was declared. `contradicted`: WeChat lists the template as another kind for certain. */
type DeclareResult =
  | { readonly type: 'declared' }
  | { readonly type: 'contradicted'; readonly listed: TemplateKind };

/**
 * Declares the kind of a template in the place of the one that WeChat lists. WeChat lists limited and device
 * templates as long-term (WeChat contract §8.1), so that only those, and kinds that are not known, can be declared.
 */
export async function declareKind(
  store: DeclaredKinds,
  { templateId, kind: listed }: Template,
  kind: TemplateKind,
): Promise<DeclareResult> {
  const isPossible =
    listed === kind || listed === 'unknown' || (listed === 'long-term' && kind !== 'one-time');
  if (!isPossible) return { type: 'contradicted', listed };
  await store.declareKind(templateId, listed === kind ? undefined : kind);
  return { type: 'declared' };
}
