import type { Chance } from '../simulation/chance.ts';

/** What has broken parsers before. */
const TREATS = [
  '<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
  '&a;',
  '&#x41;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '<?x y?>',
  '</xml>',
  '<xml>',
  '<__proto__>',
  '"__proto__":{"polluted":1},',
  '"constructor":{"prototype":{"polluted":1}},',
  '<Encrypt>',
  '"Encrypt":"',
  '\\u0000',
  '\u0000',
  '\ud800',
  '\uffff',
  '\ufeff',
  '%00',
  '1e999',
  '-0',
  '99999999999999999999999',
  '0x7fffffff',
  'null',
  'true',
  '[[[[[[[[[[[[[[[[[[[[',
  '{"a":{"a":{"a":{"a":',
  '',
];

type Mutation = (text: string, chance: Chance) => string;

const at = (text: string, { between }: Chance) => between(0, text.length);

function slice(text: string, chance: Chance): [number, number] {
  const from = at(text, chance);
  return [from, Math.min(text.length, from + chance.between(1, 40))];
}

const MUTATIONS: readonly Mutation[] = [
  // One character becomes another.
  (text, chance) => {
    const place = at(text, chance);
    return text.slice(0, place) + String.fromCharCode(chance.between(0, 0x17f)) + text.slice(place + 1);
  },
  // A piece is missing.
  (text, chance) => {
    const [from, to] = slice(text, chance);
    return text.slice(0, from) + text.slice(to);
  },
  // A piece comes twice, or very often.
  (text, chance) => {
    const [from, to] = slice(text, chance);
    const times = chance.happens(0.05) ? 500 : 2;
    return text.slice(0, from) + text.slice(from, to).repeat(times) + text.slice(to);
  },
  // The end is missing.
  (text, chance) => text.slice(0, at(text, chance)),
  // Something unpleasant stands in the middle.
  (text, chance) => {
    const place = at(text, chance);
    return text.slice(0, place) + chance.pick(TREATS) + text.slice(place);
  },
  // Two pieces have changed places.
  (text, chance) => {
    const middle = at(text, chance);
    return text.slice(middle) + text.slice(0, middle);
  },
  // A number, or a text, is another.
  (text, chance) => {
    const value = chance.pick(TREATS);
    return text.replace(/\d+/, () => value);
  },
  // One level after the other, far down.
  (text, chance) => {
    const depth = chance.between(10, 3000);
    return text.startsWith('<')
      ? text.replace('<xml>', () => `<xml>${'<a>'.repeat(depth)}`)
      : text.replace('{', () => `{"a":${'['.repeat(depth)}${']'.repeat(depth)},`);
  },
  // Larger than anything that WeChat sends.
  (text, chance) => (chance.happens(0.1) ? text + ' x'.repeat(chance.between(1, 40_000)) : text),
];

/** The text with one to four things wrong in it; now and then nothing of it is left. */
export function mutate(text: string, chance: Chance): string {
  if (chance.happens(0.02)) return garbage(chance);
  let mutated = text;
  for (let count = chance.pick([1, 1, 1, 2, 4]); count > 0; count--)
    mutated = chance.pick(MUTATIONS)(mutated, chance);
  return mutated;
}

function garbage(chance: Chance): string {
  const characters = Array.from({ length: chance.between(0, 300) }, () => chance.between(0, 0xffff));
  return String.fromCharCode(...characters);
}
