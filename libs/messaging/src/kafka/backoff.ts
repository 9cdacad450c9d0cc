/** Pauses before another try, milliseconds: doubled from failure to failure up to a limit, and short again after success. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly firstMs: number,
    private readonly mostMs: number,
  ) {}

  next(): number {
    return Math.min(this.firstMs * 2 ** this.failures++, this.mostMs);
  }

  reset(): void {
    this.failures = 0;
  }
}
