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
  const causes = [null, 0, 0, 2, 3, 3, 5, 6];
  return contents(sequenceId, ids).map(([by, topic, type, data], n) => ({
    by,
    draft: {
      id: ids[n] as string,
      topic,
      key: sequenceId,
      type,
      subject: sequenceId,
      correlationId: sequenceId,
      causationIds: causes[n] === null ? [] : [ids[causes[n] as number] as string],
      data,
    },
  }));
}

type Content = readonly [by: Principal, topic: string, type: string, data: object];

function contents(sequenceId: string, ids: readonly string[]): Content[] {
  const step = { sequenceId, step: 'gateway', attempt: 1, epoch: 1, target: 'edge' };
  const fact = { step: 'gateway', attempt: 1, at: AT };
  const record = (version: number, ...records: object[]): Content => [
    'sequencer',
    topicNames.records,
    RECORD_TYPE,
    { sequenceId, epoch: 1, version, records },
  ];
  const applied = { changed: true, acceptedAt: AT };
  return [
    ['console', topicNames.intents, INTENT_TYPE, intentOf(sequenceId)],
    record(1, { kind: 'step-commanded', verb: 'apply', commandId: ids[2], commandDigest: DIGEST, ...fact }),
    ['sequencer', commandsTopic(EXECUTOR), COMMAND_TYPE, { ...step, ...COMMANDED }],
    [
      `executor-${EXECUTOR}`,
      topicNames.results,
      RESULT_TYPE,
      { ...step, ...REPORTED, outcome: { kind: 'applied', ...applied, evidence: { revision: 'r1' } } },
    ],
    record(2, { kind: 'step-applied', ...fact, ...applied, result: DIGEST, settledByLookUp: false }),
    ['sequencer', topicNames.probes, PROBE_TYPE, { ...step, ...PROBED }],
    ['readiness-prober', topicNames.readings, READING_TYPE, { ...step, probeId: ids[5], round: 1, readings: READINGS }],
    record(3, { kind: 'sequence-ended', outcome: 'completed', at: AT }),
  ];
}

const intentOf = (key: string): object => ({
  key,
  mode: 'apply',
  plan: { note: 'as written' },
  planDigest: DIGEST,
  requestedBy: 'team-identity',
});

const COMMANDED = {
  verb: 'apply',
  change: 'policy@v1',
  with: { policy: 'auditor', document: { routes: [{ path: '/api/audit', role: 'policy-reader' }] } },
  scopes: SCOPES,
  planDigest: DIGEST,
  deadlineMs: 30_000,
};

const REPORTED = { verb: 'apply', commandDigest: DIGEST, startedAt: AT, finishedAt: AT };

const PROBED = {
  rung: 'effective',
  probe: 'policy',
  scopes: SCOPES,
  expect: EXPECT,
  consecutive: 1,
  lookForMs: 600_000,
};

const READINGS = SCOPES.flatMap(({ scope, members }) =>
  members.map((member) => ({
    scope,
    member,
    takenAt: AT,
    outcome: { kind: 'observed', values: { revision: 'r1', status: 200 } },
    streak: 1,
  })),
);

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
