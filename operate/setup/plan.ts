import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type ApiKey, apiKeysJson, type Scope } from '../../lib/settings/setting-values.ts';
import type { SecretKind } from './parameter-names.ts';
import type { StoredSecrets } from './parameter-store.ts';
import { type RandomInt, randomText } from './random-text.ts';

/** What somebody wants of a setup. Secrets given here are taken as they are; the others are made. */
export interface Wishes {
  readonly rotate: ReadonlySet<SecretKind>;
  readonly given: Readonly<Partial<Record<Exclude<SecretKind, 'api-keys'>, string>>>;
  readonly apiKey: { readonly name: string; readonly scopes: readonly Scope[]; readonly given?: string };
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
  const { rotate, given } = wishes;
  const action = (kind: SecretKind) =>
    stored[kind] === undefined ? 'make' : rotate.has(kind) ? 'replace' : 'keep';

  function made(kind: keyof typeof LENGTHS, isShown: boolean): Change {
    const does = action(kind);
    if (does === 'keep') return { kind, action: does };
    const value = given[kind] ?? randomText(LENGTHS[kind], random);
    // What somebody gave they know.
    return { kind, action: does, value, ...(isShown && given[kind] === undefined && { shown: value }) };
  }

  const appSecret = asked('app-secret', action('app-secret'), given['app-secret']);
  if (!appSecret) return { type: 'impossible', problem: 'no-app-secret' };
  const apiKeys = keysChange(stored['api-keys'], wishes, random);
  if (typeof apiKeys === 'string') return { type: 'impossible', problem: apiKeys };
  return {
    type: 'plan',
    changes: [
      appSecret,
      made('session-secret', false),
      made('push-token', true),
      made('push-aes-key', true),
      apiKeys,
    ],
  };
}

function asked(kind: SecretKind, action: Change['action'], value: string | undefined): Change | undefined {
  if (action === 'keep') return { kind, action };
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
  const isThere = keys.some(({ name }) => name === apiKey.name);
  if (isThere && !rotate.has(kind)) return { kind, action: 'keep' };
  const key = apiKey.given ?? `qn_${randomText(API_KEY_LENGTH, random)}`;
  const entry: ApiKey = {
    name: apiKey.name,
    sha256: createHash('sha256').update(key).digest('hex'),
    scopes: [...(keys.find(({ name }) => name === apiKey.name)?.scopes ?? apiKey.scopes)],
  };
  const value = JSON.stringify([...keys.filter(({ name }) => name !== apiKey.name), entry]);
  return {
    kind,
    action: stored === undefined ? 'make' : 'replace',
    value,
    ...(apiKey.given === undefined && { shown: key }),
  };
}

function readKeys(stored: string | undefined): ApiKey[] | undefined {
  if (stored === undefined) return [];
  const keys = v.safeParse(apiKeysJson, stored);
  return keys.success ? keys.output : undefined;
}
