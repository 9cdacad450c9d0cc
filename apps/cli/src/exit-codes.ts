/** What the process ends with. Documented in `causeway --help` and tested; a script may rely on each. */
export const EXIT = {
  done: 0,
  /** The sequence failed or was rejected. */
  failed: 1,
  /** `plan --detailed-exitcode`: something would change. */
  changes: 2,
  /** Still waiting when the time was over. */
  waiting: 3,
  /** `verify`: the evidence is broken. */
  broken: 4,
  usage: 64,
  badInput: 65,
  unreachable: 69,
  internal: 70,
  notPermitted: 77,
  interrupted: 130,
} as const;

/** Ends a command: told on stderr, with what to do about it. */
export class CliFailure extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
    /** What to try, one line. */
    readonly remedy?: string,
  ) {
    super(message);
  }
}
