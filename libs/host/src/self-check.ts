import { wrong, type Report } from '@causeway/self-check';
import { Injectable } from '@nestjs/common';

/**
 * What this service says of its own part when somebody asks. One look at a time: whoever asks meanwhile gets the same answer, so that
 * asking often costs no more than asking once.
 */
@Injectable()
export class SelfCheck {
  private make: (() => Promise<Report>) | null = null;
  private running: Promise<Report> | null = null;

  is(make: () => Promise<Report>): void {
    this.make = make;
  }

  look(): Promise<Report> {
    this.running ??= (this.make ?? nothingKnown)().finally(() => {
      this.running = null;
    });
    return this.running;
  }
}

const nothingKnown = (): Promise<Report> =>
  Promise.resolve({
    service: '-',
    at: new Date().toISOString(),
    tookMs: 0,
    findings: [wrong('unknown', 'service', '-', 'has no self-check', 'ask its maker')],
  });
