/** Letters and digits alone: `miniprogram_state`, `MiniProgramState` and `miniprogramState` are one word. */
const plain = (word: string) => word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/**
 * The one of `known` that was probably meant by `word`: the same but for case and punctuation, what
 * `synonyms` calls it, or the nearest by spelling. undefined when none is near.
 *
 * @param synonyms other people's words, in lower-case letters and digits, by the word that may be known
 */
export function nearestWord(
  word: string,
  known: readonly string[],
  synonyms: Readonly<Record<string, readonly string[]>> = {},
): string | undefined {
  const given = plain(word);
  const same = known.find((each) => plain(each) === given);
  if (same !== undefined) return same;
  const meant = Object.keys(synonyms).find((each) => known.includes(each) && synonyms[each]?.includes(given));
  return meant ?? nearestSpelling(given, known);
}

/** A word that is longer than every name of ours is not compared: the time taken grows with its length. */
const MAX_CHARACTERS = 128;

function nearestSpelling(given: string, known: readonly string[]): string | undefined {
  if (given.length > MAX_CHARACTERS) return undefined;
  const [nearest] = known
    .map((word) => ({ word, slips: slipsBetween(given, plain(word)) }))
    .filter(({ slips }) => slips <= slipsForgiven(given.length))
    .toSorted((a, b) => a.slips - b.slips);
  return nearest?.word;
}

/** With two slips, any word of four letters is near to any other. */
function slipsForgiven(length: number): number {
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
}

/**
 * Letters that were added, left out, mistaken or swapped with the next (optimal string alignment distance).
 */
function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const mistaken = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(before, j - 2) + 1 : Infinity;
      row[j] = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + mistaken, swapped);
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number) => row[index] ?? Infinity;
