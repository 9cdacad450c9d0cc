/** It could not be done without harm that nobody promised to withstand. */
export class Spared extends Error {
  override readonly name = 'Spared';
}
