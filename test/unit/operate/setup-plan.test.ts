import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Change, planSetup, type Wishes } from '../../../operate/setup/plan.ts';

const NOTHING_WISHED: Wishes = {
  rotate: new Set(),
  given: { 'app-secret': 'secret' },
  apiKey: { name: 'backend', scopes: ['read', 'send'] },
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const keys = (...names: string[]) =>
  JSON.stringify(names.map((name) => ({ name, sha256: sha256(name), scopes: ['manage'] })));
const ALL = {
  'app-secret': 'a',
  'session-secret': 's',
  'push-token': 't',
  'push-aes-key': 'k',
  'api-keys': keys('backend'),
};

function changesOf(stored: Parameters<typeof planSetup>[0], wishes: Partial<Wishes> = {}) {
  let drawn = 0;
  const plan = planSetup(stored, { ...NOTHING_WISHED, ...wishes }, (max) => drawn++ % max);
  if (plan.type === 'impossible') return plan.problem;
  return Object.fromEntries(plan.changes.map((change) => [change.kind, change]));
}

function changeOf(kind: Change['kind'], ...plan: Parameters<typeof changesOf>) {
  const changes = changesOf(...plan);
  return typeof changes === 'string' ? changes : changes[kind];
}

describe('a setup', () => {
  test('makes everything that is not there, of the forms that WeChat takes', () => {
    expect(changesOf({})).toMatchObject({
      'app-secret': { action: 'make', value: 'secret' },
      'session-secret': { action: 'make', value: expect.stringMatching(/^[A-Za-z0-9]{43}$/) },
      'push-token': { action: 'make', value: expect.stringMatching(/^[A-Za-z0-9]{32}$/) },
      'push-aes-key': { action: 'make', value: expect.stringMatching(/^[A-Za-z0-9]{43}$/) },
      'api-keys': { action: 'make', shown: expect.stringMatching(/^qn_[A-Za-z0-9]{32}$/) },
    });
  });

  test('stores of an API key the hash alone', () => {
    const { value, shown } = changeOf('api-keys', {}) as { value: string; shown: string };
    expect(JSON.parse(value)).toEqual([{ name: 'backend', sha256: sha256(shown), scopes: ['read', 'send'] }]);
  });

  test('keeps everything that is there', () => {
    const changes = changesOf(ALL);
    expect(Object.values(changes).map((change) => (change as Change).action)).toEqual(
      Array.from({ length: 5 }, () => 'keep'),
    );
  });

  test('makes anew what is to be rotated, and nothing else', () => {
    const changes = changesOf(ALL, { rotate: new Set(['push-token', 'app-secret']) });
    expect(changes).toMatchObject({
      'app-secret': { action: 'replace', value: 'secret' },
      'push-token': { action: 'replace', shown: expect.any(String) },
      'push-aes-key': { action: 'keep' },
      'session-secret': { action: 'keep' },
      'api-keys': { action: 'keep' },
    });
  });

  test('shows what was made, and never what the AppSecret, the session secret or a given text is', () => {
    const given = { 'app-secret': 'a', 'push-token': 'mine1' };
    const shown = Object.values(changesOf({}, { given })).filter((change) => 'shown' in (change as Change));
    expect(shown.map((change) => (change as Change).kind)).toEqual(['push-aes-key', 'api-keys']);
    const apiKey = { ...NOTHING_WISHED.apiKey, given: 'my-own-key' };
    expect(changeOf('api-keys', {}, { apiKey })).not.toHaveProperty('shown');
  });

  test('adds an API key of another name; one that is rotated keeps its scopes', () => {
    const added = changeOf('api-keys', ALL, { apiKey: { name: 'console', scopes: ['read'] } });
    const { value } = added as { value: string };
    expect(JSON.parse(value)).toMatchObject([{ name: 'backend' }, { name: 'console', scopes: ['read'] }]);
    const rotated = changeOf('api-keys', ALL, { rotate: new Set(['api-keys']) }) as { value: string };
    expect(JSON.parse(rotated.value)).toMatchObject([{ name: 'backend', scopes: ['manage'] }]);
    expect(rotated.value).not.toContain(sha256('backend'));
  });

  test('takes an API key away, but not the last one', () => {
    const two = { ...ALL, 'api-keys': keys('backend', 'old') };
    expect(changeOf('api-keys', two, { removeKey: 'old' })).toMatchObject({ value: keys('backend') });
    expect(changesOf(two, { removeKey: 'other' })).toBe('no-such-key');
    expect(changesOf(ALL, { removeKey: 'backend' })).toBe('last-key');
  });

  test('invents no AppSecret, and overwrites no API keys that it cannot read', () => {
    expect(changesOf({}, { given: {} })).toBe('no-app-secret');
    expect(changesOf(ALL, { given: {}, rotate: new Set(['app-secret']) })).toBe('no-app-secret');
    expect(changesOf({ ...ALL, 'api-keys': '[{]' })).toBe('bad-api-keys');
  });
});
