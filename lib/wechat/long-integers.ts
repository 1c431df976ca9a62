/**
 * A reviver for JSON.parse: WeChat's ids are integers above 2^53, which a number cannot hold, so they are taken from the
 * raw text (WeChat contract §0.1). Numbers that fit stay numbers.
 */
export function keepLongInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  const unsafe = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return unsafe ? (context?.source ?? value) : value;
}
