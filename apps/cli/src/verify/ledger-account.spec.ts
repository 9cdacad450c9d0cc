import { MUTATION_TYPE } from '@causeway/contracts';
import { exampleMutation } from '@causeway/testkit';
import { sha256Hex } from '@causeway/signing';
import { LedgerAccount } from './ledger-account';

const ID = '00000000-0000-7000-8000-000000000001';
const AT = '2026-01-01T00:00:00.000Z';

function taken(at: string): unknown {
  const data = exampleMutation({ happened: { kind: 'at', at } });
  const about = { source: '/executor-tester', subject: data.target, correlationId: data.target };
  const value = JSON.stringify({ id: ID, type: MUTATION_TYPE, time: AT, ...about, causationIds: [], data });
  const account = new LedgerAccount(sha256Hex, () => ID);
  return account.take({ index: 0, recordedAt: AT, type: MUTATION_TYPE, value, causeMissing: [] });
}

describe('the account of a ledger', () => {
  it('is in order with a day that does not exist: earlier releases let it in', () => {
    expect(taken('2026-02-30T00:00:00.000Z')).toBeNull();
  });

  it('is not in order with what is no time at all', () => {
    expect(taken('yesterday')).toMatchObject({ index: 0, code: 'message-malformed' });
  });
});
