import { submitDecision } from './submit-decision';
import { submitIntent, type SubmitPorts } from './submit-intent';

/** Nothing of them is used before a request is seen to be fit. */
const ports = { principal: 'console' } as SubmitPorts;

describe('what cannot be stored is refused with its place', () => {
  it('in a plan', async () => {
    const plan = { spec: { steps: [{ with: { flag: 'a\u0000' } }] } };
    await expect(submitIntent(ports, { key: 'k', mode: 'apply', plan, subject: 's' })).rejects.toMatchObject({
      ...{ status: 422, code: 'plan-invalid' },
      errors: [{ code: 'not-text', pointer: '/plan/spec/steps/0/with/flag' }],
    });
  });

  it('in the reason of a decision', async () => {
    const request = { key: 'k', sequenceId: '', verb: 'abort', accept: [], settle: null, reason: 'a\u0000' } as const;
    await expect(submitDecision(ports, { ...request, subject: 's' }, 0)).rejects.toMatchObject({
      ...{ status: 422, code: 'body-invalid' },
      errors: [{ code: 'not-text', pointer: '/reason' }],
    });
  });
});
