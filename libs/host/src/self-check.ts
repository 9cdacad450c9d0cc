import { wrong, type Report } from '@causeway/self-check';
import { Injectable } from '@nestjs/common';

const nothingKnown = (): Promise<Report> => {
  const where = 'this service';
  const finding = wrong('unknown', 'service', where, 'has no self-check', 'give it one: lookAtSelf of libs/service');
  return Promise.resolve({ service: where, at: new Date().toISOString(), tookMs: 0, findings: [finding] });
};

/**
 * What this service says of its own part when somebody asks. One look at a time: whoever asks meanwhile gets the same answer, so that
 * asking often costs no more than asking once.
 */
@Injectable()
export class SelfCheck {
  private make = nothingKnown;
  private running: Promise<Report> | null = null;

  is(make: () => Promise<Report>): void {
    this.make = make;
  }

  look(): Promise<Report> {
    this.running ??= this.make().finally(() => {
      this.running = null;
    });
    return this.running;
  }
}
