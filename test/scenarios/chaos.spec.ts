import { runChaos } from '../chaos/chaos';
import type { Report } from '../chaos/report';

/**
 * The short form of `npm run chaos`: half a minute of kills and pauses over every service, then the checker. What it finds it names, with
 * the folder of the run.
 */
// Longer than a run whose processes do not recover: what it found must still be told.
jest.setTimeout(360_000);

const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
let report: Report;

beforeAll(async () => {
  report = await runChaos({
    seed: 5,
    minutes: 0.5,
    lanes: 6,
    dependencies: 0,
    drainMs: 90_000,
    recoveryWithinMs: null,
    smallDisk: false,
    say,
  });
});

describe('services that are killed and stopped while sequences run', () => {
  it('were killed, at named points too', () => {
    expect(report.kills.total).toBeGreaterThan(3);
    const { random = 0, start = 0 } = report.kills.byPoint;
    expect(report.kills.total + report.pauses.total - random - start).toBeGreaterThan(0);
  });

  it('lose no acknowledged intent: each has come to its end', () => {
    expect(report.acknowledged.total).toBeGreaterThan(0);
    expect(report.ended).not.toHaveProperty('open');
    expect(report.lost).toBe(0);
  });

  it('violate nothing: no double unnoticed, no gate without evidence, all accounted for, the export verifies', () => {
    expect(report.violations).toEqual([]);
    expect(report).toMatchObject({
      doubled: { unnoticed: 0 },
      accounting: { addsUp: true },
      verify: true,
      check: true,
    });
  });
});
