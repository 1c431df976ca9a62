const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A number from 0 to below `max`, unforeseeable. */
export type RandomInt = (max: number) => number;

/** Letters and digits, of which WeChat takes no others; each is worth almost six bits. */
export function randomText(length: number, random: RandomInt): string {
  return Array.from({ length }, () => LETTERS_AND_DIGITS[random(LETTERS_AND_DIGITS.length)]).join('');
}
