import type { ProbeData } from '@causeway/contracts';
import { expectationsMet } from '@causeway/sequence-core';
import { instantReadings } from './instant';

describe('the instant look', () => {
  it('sees for every member exactly what is expected, as often in a row as is asked', () => {
    const request: ProbeData = {
      sequenceId: '00000000-0000-8000-8000-000000000001',
      step: 'a',
      attempt: 1,
      epoch: 1,
      target: 'bench',
      rung: 'effective',
      probe: 'now',
      scopes: [
        { scope: 'us-east', members: ['m-1', 'm-2'] },
        { scope: 'eu-west', members: ['m-3'] },
      ],
      expect: [
        { observed: 'status', is: 'equals', wanted: 200 },
        { observed: 'roles', is: 'includes', wanted: 'reader' },
        { observed: 'roles', is: 'excludes', wanted: 'writer' },
        { observed: 'groups', is: 'excludes', wanted: 'admins' },
      ],
      consecutive: 3,
      lookForMs: 1_000,
    };
    const readings = instantReadings(request, '2026-01-01T00:00:00.000Z');
    expect(readings.map(({ scope, member, streak }) => [scope, member, streak])).toEqual([
      ['us-east', 'm-1', 3],
      ['us-east', 'm-2', 3],
      ['eu-west', 'm-3', 3],
    ]);
    for (const { outcome } of readings)
      expect(outcome.kind === 'observed' && expectationsMet(request.expect, outcome.values)).toBe(true);
  });
});
