import { RECORD_TYPE, type RecordMessage, type Target } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { seal, valueOf, type Sealed } from '@causeway/messaging';
import type { Tx } from '@causeway/persistence';
import { ClaimBook, evolve, type SequenceState } from '@causeway/sequence-core';
import type { ResourceAt } from '../store/target-store';
import { createSigner, newEventId, sha256Hex } from '@causeway/signing';
import { examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';
import { generateKeyPairSync } from 'node:crypto';
import { Decider, type DeciderPorts } from './decider';
import { LastRounds } from './last-rounds';
import { CLAIMS } from './load-batch';
import type { PendingInput } from './pending';
import { StateCache } from './state-cache';

const { privateKey } = generateKeyPairSync('ed25519');
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const signer = createSigner({ principal: 'sequencer', keyId: 'sequencer/1', privateKey: pem });
const BEGUN_MS = Date.UTC(2026, 0, 1, 3);

/** A decider with all states at hand, over a database that takes everything. */
function deciding(states: ReadonlyMap<string, SequenceState> = new Map()) {
  const sent: Sealed[] = [];
  const now = (): number => BEGUN_MS + 60_000;
  const tx: Tx = {
    query: <R>(_sql: string, _params?: readonly unknown[], name?: string) =>
      Promise.resolve((name === 'take-turns' ? [{}] : []) as R[]),
  };
  const ports: DeciderPorts = {
    transaction: (work) => work(tx),
    claimInbox: (_tx, ids) => Promise.resolve(new Set(ids)),
    insertOutbox: (_tx, sealed) => {
      sent.push(...sealed);
      return Promise.resolve([]);
    },
    relay: () => undefined,
    seal: (drafts) => seal(drafts, { signer, now, newId: newEventId }),
    digestOf: (draft) => sha256Hex(valueOf(draft, 'sequencer')),
    newId: () => newEventId(now()),
    now,
  };
  const sequences = new StateCache<SequenceState>(10);
  for (const [id, state] of states) sequences.set(id, state);
  const claims = new StateCache<ClaimBook>(1);
  claims.set(CLAIMS, new ClaimBook([], 0));
  const caches = { sequences, resources: new StateCache<ResourceAt>(1), claims };
  const decider = new Decider(ports, caches, new LastRounds(new Date(BEGUN_MS).toISOString()));
  const records = (): RecordMessage[] =>
    sent
      .map(({ value }) => JSON.parse(value.toString('utf8')) as RecordMessage)
      .filter(({ type }) => type === RECORD_TYPE);
  return { decider, records };
}

const targets: ReadonlyMap<string, Target> = new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]);
function intent(sequenceId: string, value: string): PendingInput {
  const plan = examplePlan({ roles: { target: 'idp', with: { value } } }, ['us-east']) as Record<string, never>;
  const planDigest = sha256Hex(canonicalJson(plan));
  const eventId = newEventId(BEGUN_MS);
  const data = { key: sequenceId, mode: 'apply', plan, planDigest, requestedBy: 'someone' } as const;
  const who = { eventId, publisher: 'publisher-ci' };
  return { sequenceId, eventId, input: { kind: 'intent-received', ...who, data, planDigest, targets } };
}

const idOf = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`;

describe('what is decided is told', () => {
  it('of a plan that no message could tell as a refusal, and the sequences beside it go on', async () => {
    const { decider, records } = deciding();
    await decider.decideAll([intent(idOf(1), 'x'.repeat(140_000)), intent(idOf(2), 'new')]);
    expect(records().map(({ data }) => [data.sequenceId, data.records[0]?.kind])).toEqual([
      [idOf(1), 'intent-rejected'],
      [idOf(2), 'sequence-accepted'],
    ]);
  });

  it('in several records that follow one another when it does not fit one', async () => {
    const story = wide();
    const { decider, records } = deciding(new Map([[story.sequenceId, story.state]]));
    await decider.decideAll([{ sequenceId: story.sequenceId, eventId: null, input: { kind: 'clock-reached' } }]);
    const told = records();
    expect(told.length).toBeGreaterThan(1);
    const after = told.reduce((state, { data, causationIds }, i) => {
      expect('version' in state && data.version).toBe('version' in state && state.version + 1);
      expect(causationIds).toEqual(i === 0 ? [] : [told[i - 1]?.id]);
      return data.records.reduce(evolve, state);
    }, story.state);
    expect(after.status === 'open' && Object.keys(after.holds)).toHaveLength(99);
  });
});

/** A step that 99 others need is applied; the prober has not reported its twelve members for a minute. */
function wide(): SequenceStory {
  const long = (name: string): string => name.padEnd(40, 'x');
  const members = [...Array(12).keys()].map((i) => long(`member-${i}`));
  const ids = [...Array(100).keys()].map((i) => long(`step-${i}`));
  const stepOf = (id: string, i: number) => ({ target: id, needs: i === 0 ? [] : [ids[0] as string] });
  const registered = new Map(ids.map((id) => [id, exampleTarget(id, { 'us-east': members })] as const));
  const story = new SequenceStory(registered);
  story.intent(examplePlan(Object.fromEntries(ids.map((id, i) => [id, stepOf(id, i)])), ['us-east']));
  story.applied(ids[0] as string);
  return story;
}
