/** Names of what is checked: I.. as in docs/explanation/simulation.md, W.. what only the world's journal tells, H.. the house. */
export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

export const violation = (invariant: string, detail: string): Violation => ({ invariant, detail });
