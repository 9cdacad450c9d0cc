const DIGITS = 'u0000';
const BACKSLASH = 0x5c;

/**
 * Whether JSON text says the character U+0000, which stands in it as backslash and `u0000` only. Searched by its digits: texts in texts are
 * full of backslashes. Text that is not JSON gets some answer: the parser refuses it afterwards.
 */
export function saysNul(text: string): boolean {
  for (let at = text.indexOf(DIGITS); at >= 0; at = text.indexOf(DIGITS, at + DIGITS.length))
    if (backslashesBefore(text, at) % 2 === 1) return true;
  return false;
}

/** JSON text with another character in place of U+0000. */
export const withoutNul = (text: string): string =>
  saysNul(text) ? text.replace(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1\\ufffd') : text;

/** An even number of them stands for half as many and leaves the digits as they are. */
function backslashesBefore(text: string, at: number): number {
  let from = at;
  while (from > 0 && text.charCodeAt(from - 1) === BACKSLASH) from--;
  return at - from;
}
