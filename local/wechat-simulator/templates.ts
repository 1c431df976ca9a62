import * as v from 'valibot';
import { kindOfKey } from './field-rules.ts';

const keywordSchema = v.pipe(
  v.strictObject({
    /** The data key: kind and index, such as `thing1`. */
    key: v.pipe(
      v.string(),
      v.check(
        (key) => kindOfKey(key) !== undefined,
        'Give a kind of WeChat contract §4 and an index, such as thing1.',
      ),
    ),
    label: v.pipe(v.string(), v.minLength(1)),
    example: v.pipe(v.string(), v.minLength(1)),
    /** The permitted values of an enum key. */
    values: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1))),
  }),
  v.check((k) => !k.key.startsWith('enum') || k.values !== undefined, 'An enum key needs its `values`.'),
);

/** How often a frequency-limited template may be sent with one value of its required field (WeChat contract §8.1). */
const rateSchema = v.strictObject({
  /** The required field, whose values are counted apart. */
  key: v.string(),
  /** By Beijing's calendar. */
  every: v.picklist(['day', 'month']),
  /** 1 by default. */
  times: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
});

const entries = v.strictObject({
  templateId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, 'Use 1-64 letters, digits, "_" or "-".')),
  title: v.pipe(v.string(), v.minLength(1)),
  /** gettemplate lists all but one-time as long-term. */
  kind: v.picklist(['one-time', 'long-term', 'limited', 'device']),
  /** Of a limited template. */
  rate: v.exactOptional(rateSchema),
  /** Of a device template: the model of the devices that it is for. */
  modelId: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
  /** In the order in which the template's content shows them. */
  keywords: v.pipe(
    v.array(keywordSchema),
    v.minLength(1),
    v.check((all) => new Set(all.map((k) => k.key)).size === all.length, 'Each key may occur once.'),
  ),
  /** Banned by WeChat: sends draw 43107, popups answer `ban`. */
  banned: v.exactOptional(v.boolean()),
});

/** What the control API takes as a template. */
export const templateSchema = v.pipe(
  entries,
  v.check(
    ({ kind, rate, keywords }) =>
      kind === 'limited' ? keywords.some(({ key }) => key === rate?.key) : rate === undefined,
    'A limited template, and no other, needs a `rate` whose `key` is one of its keywords.',
  ),
  v.check(
    ({ kind, modelId }) => (kind === 'device') === (modelId !== undefined),
    'A device template, and no other, needs the `modelId` of its devices.',
  ),
);

/** One private template of the account. */
export type Template = Readonly<v.InferOutput<typeof templateSchema>>;

/** One line of a template. */
export type Keyword = Template['keywords'][number];

/** The item that gettemplate lists (WeChat contract §5.2). */
export function toWireTemplate(template: Template): Readonly<Record<string, unknown>> {
  const enums = template.keywords.filter((k) => k.values);
  return {
    priTmplId: template.templateId,
    title: template.title,
    content: template.keywords.map((k) => `${k.label}:{{${k.key}.DATA}}\n`).join(''),
    example: template.keywords.map((k) => `${k.label}:${k.example}\n`).join(''),
    type: template.kind === 'one-time' ? 2 : 3,
    ...(enums.length > 0 && {
      keywordEnumValueList: enums.map((k) => ({ keywordCode: `${k.key}.DATA`, enumValueList: k.values })),
    }),
  };
}
