import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INTENT_TYPE, RESULT_TYPE, topicNames } from '@causeway/contracts';
import { generateKeys, loadSigner, loadVerifier, newEventId, type Signer } from '@causeway/signing';
import { seal, type Draft, type RawMessage, type Sealed } from '../src';

/** Keys of some principals in a folder of their own, and messages to play with. */
const keys = generateKeys(mkdtempSync(join(tmpdir(), 'causeway-messaging-')), [
  'console',
  'sequencer',
  'executor-caddy',
  'ledger',
]);
export const verifier = loadVerifier(keys.trustFile);
export const signerOf = (principal: string): Signer => loadSigner(keys.keyFile(principal));
const strangers = generateKeys(mkdtempSync(join(tmpdir(), 'causeway-strangers-')), ['console']);
/** A console whose key nobody here trusts: same principal, same key id, another key. */
export const impostor = loadSigner(strangers.keyFile('console'));

export const NOW_MS = Date.UTC(2026, 0, 31, 12);

export const intentDraft = (key: string, plan: object = {}): Draft => ({
  topic: topicNames.intents,
  key,
  type: INTENT_TYPE,
  subject: key,
  correlationId: key,
  causationIds: [],
  data: { key, mode: 'apply', plan, planDigest: 'a'.repeat(64), requestedBy: 'someone' },
});

export const resultDraft = (sequenceId: string, step: string, rev = '1'): Draft => ({
  topic: topicNames.results,
  key: sequenceId,
  type: RESULT_TYPE,
  subject: sequenceId,
  correlationId: sequenceId,
  causationIds: [sequenceId],
  data: {
    sequenceId,
    step,
    attempt: 1,
    epoch: 1,
    verb: 'apply',
    target: 'edge',
    commandDigest: 'a'.repeat(64),
    startedAt: new Date(NOW_MS).toISOString(),
    finishedAt: new Date(NOW_MS).toISOString(),
    outcome: { kind: 'applied', changed: true, acceptedAt: new Date(NOW_MS).toISOString(), evidence: { rev } },
  },
});

export const sealAs = (principal: string, ...drafts: Draft[]): Sealed[] => sealWith(signerOf(principal), ...drafts);
export const sealWith = (signer: Signer, ...drafts: Draft[]): Sealed[] =>
  seal(drafts, { signer, now: () => NOW_MS, newId: newEventId });

/** As it would lie on the broker. */
export const rawOf = (sealed: Sealed, more: Partial<RawMessage> = {}): RawMessage => ({
  topic: sealed.topic,
  partition: 0,
  offset: '7',
  key: sealed.key,
  value: sealed.value,
  headers: sealed.headers,
  timestampMs: NOW_MS,
  ...more,
});
