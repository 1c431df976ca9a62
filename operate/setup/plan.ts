import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { type ApiKey, apiKeysJson, type Scope } from '../../lib/settings/setting-values.ts';
import type { SecretKind } from './parameter-names.ts';
import type { StoredSecrets } from './parameter-store.ts';
import { type RandomInt, randomText } from './random-text.ts';

/** What somebody wants of a setup. Secrets given here are taken as they are; the others are made. */
export interface Wishes {
  readonly rotate: ReadonlySet<SecretKind>;
  readonly given: Readonly<Partial<Record<Exclude<SecretKind, 'api-keys'>, string>>>;
  readonly apiKey: {
    readonly name: string;
    readonly scopes: readonly Scope[];
    /** The mini programs that the key is for; without it, a new key is for all and another stays as it is. */
    readonly appids?: 'all' | readonly string[];
    readonly given?: string;
  };
  readonly removeKey?: string;
}

/** What becomes of one secret. `shown` is what its owner must see, now or never. */
export type Change =
  | { readonly kind: SecretKind; readonly action: 'keep' }
  | {
      readonly kind: SecretKind;
      readonly action: 'make' | 'replace';
      readonly value: string;
      readonly shown?: string;
    };

/** Why nothing can be planned. */
export type PlanProblem = 'no-app-secret' | 'bad-api-keys' | 'no-such-key' | 'last-key';

/** The changes in the order in which they are written, or what stands against them. */
export type Plan =
  | { readonly type: 'plan'; readonly changes: readonly Change[] }
  | { readonly type: 'impossible'; readonly problem: PlanProblem };

/** As long as WeChat allows (WeChat contract §6.1), and for the others the strength of their signature. */
const LENGTHS = { 'session-secret': 43, 'push-token': 32, 'push-aes-key': 43 } as const;
const API_KEY_LENGTH = 32;

/** Says what a setup changes: what exists is kept unless it is to be rotated, so that it can be run as often as one likes. */
export function planSetup(stored: StoredSecrets, wishes: Wishes, random: RandomInt): Plan {
  const appSecret = givenSecret('app-secret', stored, wishes);
  if (!appSecret) return { type: 'impossible', problem: 'no-app-secret' };
  const apiKeys = keysChange(stored['api-keys'], wishes, random);
  if (typeof apiKeys === 'string') return { type: 'impossible', problem: apiKeys };
  return {
    type: 'plan',
    changes: [
      appSecret,
      madeSecret('session-secret', stored, wishes, random),
      madeSecret('push-token', stored, wishes, random),
      madeSecret('push-aes-key', stored, wishes, random),
      apiKeys,
    ],
  };
}

type SecretWishes = Pick<Wishes, 'rotate' | 'given'>;

function actionOn(kind: SecretKind, stored: StoredSecrets, { rotate }: SecretWishes): Change['action'] {
  return stored[kind] === undefined ? 'make' : rotate.has(kind) ? 'replace' : 'keep';
}

/** What becomes of a secret that is made here unless somebody gives it. */
export function madeSecret(
  kind: keyof typeof LENGTHS,
  stored: StoredSecrets,
  wishes: SecretWishes,
  random: RandomInt,
): Change {
  const action = actionOn(kind, stored, wishes);
  if (action === 'keep') return { kind, action };
  const given = wishes.given[kind];
  const value = given ?? randomText(LENGTHS[kind], random);
  // What somebody gave they know, and the session secret is nobody's to enter.
  const isShown = given === undefined && kind !== 'session-secret';
  return { kind, action, value, ...(isShown && { shown: value }) };
}

/** What becomes of a secret that somebody must give; undefined where nobody did. */
export function givenSecret(
  kind: 'app-secret',
  stored: StoredSecrets,
  wishes: SecretWishes,
): Change | undefined {
  const action = actionOn(kind, stored, wishes);
  if (action === 'keep') return { kind, action };
  const value = wishes.given[kind];
  return value === undefined ? undefined : { kind, action, value };
}

function keysChange(
  stored: string | undefined,
  { rotate, apiKey, removeKey }: Wishes,
  random: RandomInt,
): Change | PlanProblem {
  const kind = 'api-keys';
  const keys = readKeys(stored);
  if (!keys) return 'bad-api-keys';
  if (removeKey !== undefined) {
    const rest = keys.filter(({ name }) => name !== removeKey);
    if (rest.length === keys.length) return 'no-such-key';
    if (rest.length === 0) return 'last-key';
    return { kind, action: 'replace', value: JSON.stringify(rest) };
  }
  const known = keys.find(({ name }) => name === apiKey.name);
  const appids = appidsOf(apiKey.appids, known);
  if (known && !rotate.has(kind)) {
    if (isDeepStrictEqual(appids, known.appids)) return { kind, action: 'keep' };
    const changed = keys.map((key) => (key === known ? forApps(known, appids) : key));
    return { kind, action: 'replace', value: JSON.stringify(changed) };
  }
  const key = apiKey.given ?? `qn_${randomText(API_KEY_LENGTH, random)}`;
  const entry = forApps(
    {
      name: apiKey.name,
      sha256: createHash('sha256').update(key).digest('hex'),
      scopes: [...(known?.scopes ?? apiKey.scopes)],
    },
    appids,
  );
  const value = JSON.stringify([...keys.filter(({ name }) => name !== apiKey.name), entry]);
  return {
    kind,
    action: stored === undefined ? 'make' : 'replace',
    value,
    ...(apiKey.given === undefined && { shown: key }),
  };
}

function appidsOf(wanted: Wishes['apiKey']['appids'], known: ApiKey | undefined) {
  if (wanted === undefined) return known?.appids;
  return wanted === 'all' ? undefined : [...wanted];
}

function forApps({ appids: _, ...key }: ApiKey, appids: ApiKey['appids']): ApiKey {
  return { ...key, ...(appids && { appids }) };
}

function readKeys(stored: string | undefined): ApiKey[] | undefined {
  if (stored === undefined) return [];
  const keys = v.safeParse(apiKeysJson, stored);
  return keys.success ? keys.output : undefined;
}
