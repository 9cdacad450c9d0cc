import {
  commandsTopic,
  COMMAND_TYPE,
  INTENT_TYPE,
  PROBE_TYPE,
  READING_TYPE,
  RECORD_TYPE,
  RESULT_TYPE,
  topicNames,
} from '@causeway/contracts';
import { seal, type Draft, type Sealed } from '@causeway/messaging';
import { generateKeys, loadSigner, newEventId, type Signer } from '@causeway/signing';

export const EXECUTOR = 'caddy';
export const PRINCIPALS = ['ledger', 'sequencer', 'readiness-prober', 'console', `executor-${EXECUTOR}`] as const;
export type Principal = (typeof PRINCIPALS)[number];

/** A draft and whose it is. */
export interface Told {
  readonly by: Principal;
  readonly draft: Draft & { readonly id: string };
}

const DIGEST = 'd'.repeat(64);
const AT = '2026-01-31T12:00:00.000Z';
const SCOPES = [
  { scope: 'us-east', members: ['gw-us-1', 'gw-us-2'] },
  { scope: 'eu-west', members: ['gw-eu-1', 'gw-eu-2'] },
];
const EXPECT = [{ observed: 'revision', is: 'equals' as const, wanted: 'r1' }];

/**
 * The eight messages of one step of one sequence, causes first: intent, record, command, result, record, probe request, reading,
 * record.
 */
export function stepStory(): Told[] {
  const sequenceId = newEventId();
  const ids = Array.from({ length: 8 }, () => newEventId());
  const tell = (by: Principal, n: number, topic: string, type: string, cause: number | null, data: object): Told => ({
    by,
    draft: {
      id: ids[n] as string,
      topic,
      key: sequenceId,
      type,
      subject: sequenceId,
      correlationId: sequenceId,
      causationIds: cause === null ? [] : [ids[cause] as string],
      data,
    },
  });
  const step = { sequenceId, step: 'gateway', attempt: 1, epoch: 1 };
  const fact = { step: 'gateway', attempt: 1, at: AT };
  const record = (n: number, cause: number, version: number, ...records: object[]): Told =>
    tell('sequencer', n, topicNames.records, RECORD_TYPE, cause, { sequenceId, epoch: 1, version, records });
  return [
    tell('console', 0, topicNames.intents, INTENT_TYPE, null, {
      key: sequenceId,
      mode: 'apply',
      plan: { note: 'as written' },
      planDigest: DIGEST,
      requestedBy: 'team-identity',
    }),
    record(1, 0, 1, { kind: 'step-commanded', verb: 'apply', commandId: ids[2], commandDigest: DIGEST, ...fact }),
    tell('sequencer', 2, commandsTopic(EXECUTOR), COMMAND_TYPE, 0, {
      ...step,
      verb: 'apply',
      target: 'edge',
      change: 'policy@v1',
      with: { policy: 'auditor', document: { routes: [{ path: '/api/audit', role: 'policy-reader' }] } },
      scopes: SCOPES,
      planDigest: DIGEST,
      deadlineMs: 30_000,
    }),
    tell(`executor-${EXECUTOR}`, 3, topicNames.results, RESULT_TYPE, 2, {
      ...step,
      verb: 'apply',
      target: 'edge',
      commandDigest: DIGEST,
      startedAt: AT,
      finishedAt: AT,
      outcome: { kind: 'applied', changed: true, acceptedAt: AT, evidence: { revision: 'r1' } },
    }),
    record(4, 3, 2, {
      kind: 'step-applied',
      ...fact,
      changed: true,
      acceptedAt: AT,
      result: DIGEST,
      settledByLookUp: false,
    }),
    tell('sequencer', 5, topicNames.probes, PROBE_TYPE, 3, {
      ...step,
      target: 'edge',
      rung: 'effective',
      probe: 'policy',
      scopes: SCOPES,
      expect: EXPECT,
      consecutive: 1,
      lookForMs: 600_000,
    }),
    tell('readiness-prober', 6, topicNames.readings, READING_TYPE, 5, {
      ...step,
      target: 'edge',
      probeId: ids[5],
      round: 1,
      readings: SCOPES.flatMap(({ scope, members }) =>
        members.map((member) => ({
          scope,
          member,
          takenAt: AT,
          outcome: { kind: 'observed', values: { revision: 'r1', status: 200 } },
          streak: 1,
        })),
      ),
    }),
    record(7, 6, 3, { kind: 'sequence-ended', outcome: 'completed', at: AT }),
  ];
}

/** Keys of all principals in a folder, and sealing with them. */
export function cast(dir: string) {
  const keys = generateKeys(dir, PRINCIPALS);
  const signers = new Map<string, Signer>(PRINCIPALS.map((name) => [name, loadSigner(keys.keyFile(name))]));
  const sealBy = (by: Principal, drafts: readonly Draft[], now = Date.now): Sealed[] =>
    seal(drafts, { signer: signers.get(by) as Signer, now, newId: newEventId });
  return {
    trustFile: keys.trustFile,
    keyFile: (name: Principal) => keys.keyFile(name),
    signer: (name: Principal) => signers.get(name) as Signer,
    sealBy,
    /** In the given order; what one principal says together shares a signature. */
    seal(told: readonly Told[]): Sealed[] {
      const sealed = new Map<string, Sealed>();
      for (const by of PRINCIPALS) {
        const drafts = told.filter((item) => item.by === by).map(({ draft }) => draft);
        for (const message of sealBy(by, drafts)) sealed.set(message.id, message);
      }
      return told.map(({ draft }) => sealed.get(draft.id) as Sealed);
    },
  };
}
export type Cast = ReturnType<typeof cast>;
