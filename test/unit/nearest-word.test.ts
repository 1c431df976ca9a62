import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../lib/nearest-word.ts';

const FIELDS = ['to', 'templateId', 'data', 'page', 'miniprogramState', 'lang', 'sendAt'];

describe('the word that was meant', () => {
  it.each([
    ['template_id', 'templateId'],
    ['TEMPLATEID', 'templateId'],
    ['mini-program-state', 'miniprogramState'],
    ['tempalteId', 'templateId'],
    ['templateIds', 'templateId'],
    ['miniprogamState', 'miniprogramState'],
    ['dat', 'data'],
    ['date', 'data'],
    ['sned_at', 'sendAt'],
  ])('%s is %s', (word, meant) => {
    expect(nearestWord(word, FIELDS)).toBe(meant);
  });

  it.each(['surprise', 'x', '', 'keyword1', 'color', '__proto__', 'constructor', 'toString'])(
    'is not guessed for %j',
    (word) => {
      expect(nearestWord(word, FIELDS, {})).toBeUndefined();
    },
  );

  it('is what other people call it, where that is known', () => {
    const synonyms = { to: ['touser'], openid: ['touser'] };
    expect(nearestWord('touser', FIELDS, synonyms)).toBe('to');
    expect(nearestWord('to_user', ['openid'], synonyms)).toBe('openid');
    expect(nearestWord('touser', ['name'], synonyms)).toBeUndefined();
  });

  it('is the nearest of several that are near', () => {
    expect(nearestWord('price-drpo', ['price-drop', 'price-drops', 'price-rise'])).toBe('price-drop');
  });

  it('is not looked for in a text of any length', () => {
    expect(nearestWord('a'.repeat(1_000_000), FIELDS)).toBeUndefined();
  });
});
