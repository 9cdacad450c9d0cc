import { RECORD_TYPE } from '@causeway/contracts';
import { seal, type Draft } from '@causeway/messaging';
import { createSigner, newEventId } from '@causeway/signing';
import { generateKeyPairSync } from 'node:crypto';
import { recordDrafts } from './drafts';
import { storedFacts } from './stored-facts';

const { privateKey } = generateKeyPairSync('ed25519');
const signer = createSigner({
  ...{ principal: 'sequencer', keyId: 'sequencer/1' },
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});
const sealed = (drafts: readonly Draft[]) => seal(drafts, { signer, now: () => 0, newId: newEventId, validate: false });

const ID = '00000000-0000-8000-8000-0000000000aa';
const origin = { sequenceId: ID, epoch: 1, cause: newEventId(), at: '2026-01-31T12:00:00.000Z' };

describe('the facts to store', () => {
  it('are those of the records, whatever they say, and of nothing else', () => {
    const facts = [
      { kind: 'step-overdue', step: '"records":[]}}', attempt: 1, withinMs: 5, at: origin.at },
      { kind: 'sequence-aborted', reason: 'ü "records":[{}]}} \\', at: origin.at },
    ] as never[];
    const [record] = recordDrafts(origin, newEventId(), 7, [facts], newEventId) as [Draft];
    const order: Draft = { ...record, id: newEventId(), type: 'causeway.probe.requested.v1', data: { step: 'a' } };
    const drafts = [order, record];
    const stored = storedFacts(drafts, sealed(drafts));
    expect(stored.map(({ sequenceId, version }) => ({ sequenceId, version }))).toEqual([
      { sequenceId: ID, version: 7 },
    ]);
    expect(JSON.parse((stored[0] as { json: Buffer }).json.toString())).toEqual(facts);
    expect(drafts[1]?.type).toBe(RECORD_TYPE);
  });

  it('of a decision that takes several records follow one another, each record after the one before', () => {
    const fact = (step: string) => ({ kind: 'step-overdue', step, attempt: 1, withinMs: 5, at: origin.at }) as never;
    const last = newEventId();
    const drafts = recordDrafts(origin, last, 7, [[fact('a'), fact('b')], [fact('c')]], newEventId);
    expect(drafts.map(({ causationIds }) => causationIds)).toEqual([[origin.cause], [origin.cause, drafts[0]?.id]]);
    expect(drafts[1]?.id).toBe(last);
    expect(storedFacts(drafts, sealed(drafts)).map(({ version }) => version)).toEqual([7, 9]);
  });
});
