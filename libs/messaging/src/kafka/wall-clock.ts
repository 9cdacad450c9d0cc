/** Slewing and rounding stay below it, milliseconds. */
const MOST_DRIFT_MS = 1_000;

/** Notices that somebody has set the wall clock back, held against the monotonic one. */
export class WallClock {
  private lead = lead();

  /** Since it was last asked. */
  wasSetBack(): boolean {
    const before = this.lead;
    this.lead = lead();
    return before - this.lead > MOST_DRIFT_MS;
  }
}

const lead = (): number => Date.now() - performance.now();
