/** A text of at most so many characters (at least 4), never cut through the middle of one. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 4).replace(/[\uD800-\uDBFF]$/, '')} ...`;
