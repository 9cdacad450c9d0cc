import type { Explanation } from '@causeway/console-api';
import type { Entry } from '@causeway/contracts';
import { examplePlan, LAGGING_PLAN, LAGGING_TARGETS, ToldLedger, type ToldSequence } from '@causeway/testkit';
import { explain } from './explain';
import { absentSequence, foldEntry } from './folded';
import { recordedOf } from './recorded';
import { viewOf } from './view';

/** The explanation of a sequence whose story is told this far. */
function explained(tell: (sequence: ToldSequence) => void, step: string | null, plan = LAGGING_PLAN): Explanation {
  const ledger = new ToldLedger(LAGGING_TARGETS);
  const sequence = ledger.submit(plan);
  tell(sequence);
  const entries = ledger.entries.map((text) => recordedOf(JSON.parse(text) as Entry, text));
  const own = entries.filter(({ sequenceId }) => sequenceId === sequence.id);
  const folded = own.reduce(foldEntry, absentSequence(sequence.id, 0));
  return explain(viewOf(folded, Date.parse(ledger.at)), [], step);
}

const accepted = (): void => undefined;
const shown = (sequence: ToldSequence): void => {
  sequence.applied('idp-roles');
  sequence.reading('idp-roles', { 'global/realm': { value: 'new' } });
};
const refused = (sequence: ToldSequence): void =>
  sequence.result('idp-roles', {
    ...{ kind: 'not-applied', code: 'gone', message: 'no such realm', retriable: false, evidence: {} },
  });

describe('what happens next, while a sequence goes on', () => {
  it('a later step follows on what it needs', () => {
    const { summary, nextCheck } = explained(accepted, 'flag');
    expect(summary).toBe('Step flag has not started; it needs gateway.');
    expect(nextCheck).toEqual({ by: 'sequencer', words: 'step flag is ordered after gateway' });
  });

  it('a step that is ready stays so, and the sequence goes on', () => {
    expect(explained(shown, 'idp-roles').nextCheck).toBeNull();
    expect(explained(shown, null).nextCheck?.by).toBe('executor-tester');
  });

  it('a step that will not start any more has nothing before it: the sequence is being aborted', () => {
    const { status, summary, nextCheck } = explained((one) => one.decided('abort', [], 'wrong plan'), 'flag');
    expect([status, nextCheck]).toEqual(['running', null]);
    expect(summary).toBe('Step flag will not start: the sequence is being aborted.');
  });

  describe('and one of its branches failed', () => {
    const branches = examplePlan(
      {
        ...{ 'idp-roles': { target: 'idp', needs: [] }, gateway: { target: 'edge', needs: [] } },
        ...{ flag: { target: 'flags', needs: ['idp-roles'] }, last: { target: 'flags', needs: ['flag'] } },
      },
      ['us-east', 'eu-west'],
    );

    it.each(['flag', 'last'])('%s will not start, and it is said why', (step) => {
      const { status, summary, nextCheck } = explained(refused, step, branches);
      expect([status, nextCheck]).toEqual(['running', null]);
      expect(summary).toBe(`Step ${step} will not start: step idp-roles was not applied.`);
    });

    it('the sequence is explained by what is still under way', () => {
      expect(explained(refused, null, branches).nextCheck?.by).toBe('executor-tester');
    });
  });
});
