import type { Explanation } from '@causeway/console-api';
import { explainText } from './explain';
import { PLAIN } from './paint';

const told: Explanation = {
  ...{ sequenceId: '00000000-0000-8000-8000-000000000001', step: null, status: 'running', asOf: '7' },
  ...{ summary: 'As told.', since: null, because: [], nextCheck: null, gates: [], diverged: [], queue: [] },
};
const nextOf = (more: Partial<Explanation>): string | undefined =>
  explainText({ ...told, ...more }, 0, PLAIN)
    .split('\n')
    .find((line) => line.startsWith('  next: '));

describe('what is said to come next', () => {
  it('nothing, of a sequence that is over and of its steps', () => {
    expect(nextOf({ status: 'completed' })).toBe('  next: nothing more will happen');
    expect(nextOf({ status: 'failed', step: 'flag' })).toBe('  next: nothing more will happen');
  });

  it('nothing to a step that is where it stays, while its sequence goes on', () => {
    expect(nextOf({ step: 'gateway' })).toBe('  next: nothing more will happen to step gateway');
  });

  it('what the console says', () => {
    const nextCheck = { by: 'sequencer', words: 'step flag is ordered after gateway' };
    expect(nextOf({ step: 'flag', nextCheck })).toBe('  next: sequencer: step flag is ordered after gateway');
  });
});
