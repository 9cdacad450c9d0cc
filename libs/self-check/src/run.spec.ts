import { ok, wrong, type Report } from './finding';
import { diagnosisOf, readServices } from './gather';
import { checksOn, runSelfCheck, type Check } from './run';
import { diagnosisText } from './text';

const never = (): Promise<never> => new Promise(() => undefined);
const good: Check<object> = { name: 'good', look: async () => [ok('good', 'here', 'well')] };
const run = (checks: readonly Check<object>[], open: () => Promise<object> = async () => ({})): Promise<Report> =>
  runSelfCheck({
    service: 'ledger',
    grounds: [
      checksOn({ name: 'postgres', where: 'host/db', remedy: 'start it', open, close: async () => undefined, checks }),
      checksOn({ name: 'kafka', where: 'b', remedy: '', open: async () => ({}), close: never, checks: [good] }),
    ],
    now: () => 0,
    monotonic: () => 0,
    deadlineMs: 30,
  });

describe('a self-check', () => {
  it('given one check throws and one hangs, says so of each, and the others say what they see', async () => {
    const throws: Check<object> = { name: 'throws', look: () => Promise.reject(new Error('no such table')) };
    const { findings } = await run([throws, { name: 'hangs', look: never }, good]);
    expect(findings).toEqual([
      expect.objectContaining({ check: 'throws', severity: 'unknown', what: 'could not be looked at: no such table' }),
      expect.objectContaining({
        check: 'hangs',
        severity: 'unknown',
        what: expect.stringContaining('no answer within'),
      }),
      ok('good', 'here', 'well'),
      ok('good', 'here', 'well'),
    ]);
  });

  it.each([
    ['refuses', () => Promise.reject(new Error('ECONNREFUSED')), 'ECONNREFUSED'],
    ['hangs', never, 'no answer within 0.03 s'],
  ])('given a ground that %s, says it once, with all that is not known because of it', async (_, open, what) => {
    const { findings } = await run([good, { ...good, name: 'other' }], open);
    expect(findings).toEqual([
      {
        ...wrong('failing', 'postgres', 'host/db', what, 'start it'),
        hides: ['ledger: good', 'ledger: other'],
      },
      ok('good', 'here', 'well'),
    ]);
  });
});

describe('a diagnosis', () => {
  const report = (service: string, ...findings: Report['findings']): Report => ({
    service,
    at: '',
    tookMs: 1,
    findings,
  });
  const away = { ...wrong('failing', 'postgres', 'host/db', 'away', 'start it'), hides: ['x: schema'] };
  const waits = wrong('attention', 'sequences', 'CHG-1', 'waits', 'causeway explain CHG-1');
  const torn = wrong('broken', 'tree', 'ledger', 'damaged at index 3', 'stop');

  it('says what several services see once, worst first', () => {
    const { findings, severity } = diagnosisOf('2026-01-01T03:00:00Z', [
      report('sequencer', waits, away),
      report('console', { ...away, hides: ['y: schema'] }),
      report('ledger', ok('schema', 'ledger', '2/2'), torn),
    ]);
    expect(severity).toBe('broken');
    expect(findings.map(({ check, by }) => [check, by])).toEqual([
      ['tree', ['ledger']],
      ['postgres', ['sequencer', 'console']],
      ['sequences', ['sequencer']],
      ['schema', ['ledger']],
    ]);
    expect(findings[1]?.hides).toEqual(['x: schema', 'y: schema']);
  });

  it('of nobody is not health', () => {
    expect(diagnosisOf('2026-01-01T03:00:00Z', []).severity).toBe('unknown');
    expect(diagnosisOf('2026-01-01T03:00:00Z', [report('ledger')]).severity).toBe('unknown');
  });

  it('reads short: verdict, what is wrong with what to do, then what is well', () => {
    const reports = [
      report('sequencer', away, ok('schema', 'sequencer', '5/5')),
      report('ledger', away, ok('schema', 'ledger', '2/2')),
    ];
    expect(diagnosisText(diagnosisOf('2026-01-01T03:00:00Z', reports))).toBe(
      [
        '1 failing  2 services asked at 2026-01-01 03:00:00Z',
        '',
        'FAILING  postgres',
        '         host/db: away (seen by all)',
        '         not known because of it: x (schema)',
        '         -> start it',
        '',
        'ok  schema  ledger 2/2; sequencer 5/5',
      ].join('\n'),
    );
  });

  it('says once what mends several places', () => {
    const silent = (service: string) =>
      report(service, {
        ...wrong('failing', 'service', service, 'does not answer', 'start it'),
        hides: [`${service}: everything`],
      });
    expect(diagnosisText(diagnosisOf('2026-01-01T03:00:00Z', [silent('ledger'), silent('console')]))).toBe(
      [
        '2 failing  2 services asked at 2026-01-01 03:00:00Z',
        '',
        'FAILING  service',
        '         console: does not answer',
        '         ledger: does not answer',
        '         -> start it',
      ].join('\n'),
    );
  });
});

describe('addresses of services', () => {
  it('are names with addresses', () => {
    expect([...readServices('ledger=http://a:1/, console=https://b')]).toEqual([
      ['ledger', 'http://a:1'],
      ['console', 'https://b'],
    ]);
    expect(readServices('').size).toBe(0);
  });
  it.each(['ledger', 'ledger=a:1', '=http://a', 'ledger=http://'])('%s is refused by name', (text) => {
    expect(() => readServices(text)).toThrow(`"${text}" is not of the form name=http://host:port`);
  });
});
