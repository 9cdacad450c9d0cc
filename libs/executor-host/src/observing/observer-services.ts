/** What the host gives to an observer. */
export interface ObserverServices {
  /** Name of the target that is observed: `CAUSEWAY_OBSERVES`. */
  readonly target: string;
  /** The observer's clock, Unix milliseconds: for the ends of `between` and of gaps. */
  now(): number;
}
