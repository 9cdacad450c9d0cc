import { judgeClaims, judgeObserving } from './judge-claims';

const IDLE = { living: 1, lastHeardMs: -4_000, held: 0, unheld: 0, oldestHeldMs: null, oldestUnheldMs: null };
const NAME = 'executor-caddy';

describe('leases and claims', () => {
  it('at work are one line', () => {
    expect(judgeClaims(NAME, { ...IDLE, held: 3, oldestHeldMs: 900 })).toMatchObject([{ severity: 'ok' }]);
  });

  it('given nobody holds a lease, no command is carried out, however few wait', () => {
    expect(judgeClaims(NAME, { ...IDLE, living: 0, lastHeardMs: 9_000 })).toMatchObject([
      { check: 'leases', severity: 'failing', what: expect.stringContaining('the last was heard 9 s ago') },
    ]);
    expect(judgeClaims(NAME, { ...IDLE, living: 0, lastHeardMs: null })).toHaveLength(1);
  });

  it('claims of nobody are found once whoever lives should have taken them over', () => {
    expect(judgeClaims(NAME, { ...IDLE, unheld: 2, oldestUnheldMs: 3_000 })).toMatchObject([{ severity: 'ok' }]);
    expect(judgeClaims(NAME, { ...IDLE, unheld: 2, oldestUnheldMs: 40_000 })).toMatchObject([
      { check: 'claims', severity: 'failing' },
    ]);
  });

  it('a command that takes minutes is to be looked at', () => {
    expect(judgeClaims(NAME, { ...IDLE, held: 1, oldestHeldMs: 400_000 })).toMatchObject([{ severity: 'attention' }]);
  });
});

describe('an observer', () => {
  it.each([
    [{ target: 'edge', followed: true, toldMs: 3_000 }, 'ok', ''],
    [{ target: 'edge', followed: false, toldMs: 3_000 }, 'failing', 'nobody follows it'],
    [{ target: 'edge', followed: true, toldMs: 200_000 }, 'failing', 'nothing is told of the last 3 min'],
    [{ target: 'edge', followed: true, toldMs: null }, 'failing', 'nothing was ever told'],
  ])('%j is %s', (state, severity, words) => {
    const [found] = judgeObserving(NAME, 'edge', [state]);
    expect(found).toMatchObject({ severity, what: expect.stringContaining(words) });
  });

  it('that was to be and never was is found', () => {
    expect(judgeObserving(NAME, 'edge', [])).toMatchObject([{ severity: 'failing', what: 'was never observed' }]);
    expect(judgeObserving(NAME, undefined, [])).toEqual([]);
  });
});
