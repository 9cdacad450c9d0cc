import { z } from 'zod';
import {
  afterFirstWrite,
  NotApplied,
  type ChangeRequest,
  type Evidence,
  type Executor,
  type LookUp,
  type Written,
} from '@causeway/executor-sdk';
import { archiveOf } from './archives';
import { higherRunning, stateOf, type ListedVersion, type VersionState } from './client/listing';
import { ManagerClient, ManagerFailure, type Scene } from './client/manager-client';
import type { TomcatSettings } from './config';

/**
 * Versioned deployments in Tomcat, member by member, in the order of the step's scopes.
 *
 * 1. Every member is listed before anything is written; only members where the version does not serve yet are written.
 * 2. A deployment that fails is undeployed again, so that it leaves no stopped version behind.
 * 3. A refusal after another member was written is no refusal any more: it counts as unknown.
 * 4. Undeploying the only version of a member is refused: a revert leads back to something, never to nothing.
 */
export function tomcatExecutor(settings: TomcatSettings): Executor {
  const client = new ManagerClient(settings);
  return {
    kind: 'tomcat',
    version: '0.1.0',
    history: 'timestamped-log',
    changes: { 'deploy@v1': { capability: 'C', checksEpoch: false } },
    lookUp: (request) => lookUp(client, request),
    apply: (request) => apply(client, settings, request),
    revert: (request) => revert(client, request),
  };
}

const parameters = z.strictObject({ version: z.string().min(1).max(50) });

function versionOf(request: ChangeRequest): string {
  const parsed = parameters.safeParse(request.with);
  if (parsed.success) return parsed.data.version;
  throw new NotApplied({
    code: 'bad-parameters',
    message: `deploy@v1: ${z.prettifyError(parsed.error)}`,
    remedy: 'give version as text',
  });
}

/** One member with what its manager listed. */
interface Seen {
  readonly scene: Scene;
  readonly listed: readonly ListedVersion[];
  readonly state: VersionState;
}

async function lookUp(client: ManagerClient, request: ChangeRequest): Promise<LookUp> {
  const seen = await lookAtAll(client, request, versionOf(request));
  const all = (state: VersionState): boolean => seen.every((one) => one.state === state);
  return {
    state: all('serving') ? 'in-effect' : all('absent') ? 'absent' : 'partial',
    byThisAttempt: null,
    evidence: evidenceOf(versionOf(request), seen),
  };
}

async function apply(client: ManagerClient, settings: TomcatSettings, request: ChangeRequest): Promise<Written> {
  const version = versionOf(request);
  const archive = await archiveOf(settings.warFolder, settings.context, version);
  const before = await lookAtAll(client, request, version);
  before.forEach(({ scene, listed }) => mustBecomeNewest(scene, listed, version));
  const differing = before.filter(({ state }) => state !== 'serving');
  return writeMembers(client, request, before, differing, async (seen) => {
    const deployed = (): Promise<void> => deploy(client, seen, version, archive);
    if (seen.state !== 'stopped') return deployed();
    await client.undeploy(seen.scene, version);
    return afterFirstWrite('the stopped version was taken away', deployed);
  });
}

async function revert(client: ManagerClient, request: ChangeRequest): Promise<Written> {
  const version = versionOf(request);
  const before = await lookAtAll(client, request, version);
  const differing = before.filter(({ state }) => state !== 'absent');
  differing.forEach(({ scene, listed }) => mustLeaveOne(scene, listed, version));
  return writeMembers(client, request, before, differing, async ({ scene }) => {
    await client.undeploy(scene, version);
  });
}

async function writeMembers(
  client: ManagerClient,
  request: ChangeRequest,
  before: readonly Seen[],
  differing: readonly Seen[],
  write: (seen: Seen) => Promise<void>,
): Promise<Written> {
  const version = versionOf(request);
  if (differing.length === 0) return { changed: false, evidence: evidenceOf(version, before) };
  for (const [done, seen] of differing.entries()) {
    await (done === 0 ? write(seen) : afterFirstWrite(`${done} members`, () => write(seen)));
  }
  const after = await afterFirstWrite('all members', () => lookAtAll(client, request, version));
  const warm = Object.fromEntries(await Promise.all(differing.map(({ scene }) => warmed(client, scene))));
  return { changed: true, evidence: { ...evidenceOf(version, after), before: statesOf(before), warm } };
}

async function deploy(client: ManagerClient, seen: Seen, version: string, archive: Buffer): Promise<void> {
  try {
    await client.deploy(seen.scene, version, archive);
  } catch (error) {
    if (!(error instanceof ManagerFailure)) throw error;
    throw error.isAnothers ? anothers(seen, version, error) : await cleanedUp(client, seen, version, error);
  }
}

/** Nothing of ours was written, and nothing may be tidied up: the version is another's. A later try sees what came of it. */
const anothers = ({ scene: { member } }: Seen, version: string, failure: ManagerFailure): NotApplied =>
  new NotApplied({
    code: 'deployed-by-another',
    message: failure.message,
    remedy: `see who else deploys ${version} to ${member}`,
    retriable: true,
  });

/** Takes a failed deployment away again. Only when nothing of it is left may it be called not applied. */
async function cleanedUp(
  client: ManagerClient,
  { scene }: Seen,
  version: string,
  failure: ManagerFailure,
): Promise<Error> {
  const failed = 'a failed deployment';
  const state = stateOf(await afterFirstWrite(failed, () => client.list(scene)), version);
  if (state === 'serving' || state === 'shadowed') return failure;
  if (state === 'stopped') await afterFirstWrite(failed, () => client.undeploy(scene, version));
  return new NotApplied({
    code: 'deploy-failed',
    message: failure.message,
    remedy: "see the Tomcat's log; the stopped version was taken away again",
    evidence: { member: scene.member, answer: failure.message },
  });
}

async function warmed(client: ManagerClient, scene: Scene): Promise<[string, number | string]> {
  try {
    return [scene.member, await client.warm(scene)];
  } catch (error) {
    return [scene.member, error instanceof Error ? error.message : 'no answer'];
  }
}

function lookAtAll(client: ManagerClient, request: ChangeRequest, version: string): Promise<Seen[]> {
  const members = request.scopes.flatMap((scope) => scope.members);
  return Promise.all(
    members.map(async (member) => {
      const scene = { member, attemptId: request.attemptId, signal: request.signal };
      const listed = await client.list(scene);
      return { scene, listed, state: stateOf(listed, version) };
    }),
  );
}

function mustBecomeNewest({ member }: Scene, listed: readonly ListedVersion[], version: string): void {
  const [higher] = higherRunning(listed, version);
  if (!higher) return;
  throw new NotApplied({
    code: 'newer-version-serves',
    message: `${member} runs ${higher.version}, which new sessions get before ${version}`,
    remedy: `revert ${higher.version} first`,
  });
}

function mustLeaveOne({ member }: Scene, listed: readonly ListedVersion[], version: string): void {
  if (listed.some((other) => other.running && other.version !== version)) return;
  throw new NotApplied({
    code: 'only-version',
    message: `${member} runs no other version than ${version}`,
    remedy: 'deploy the version to go back to first',
  });
}

const statesOf = (seen: readonly Seen[]): Record<string, VersionState> =>
  Object.fromEntries(seen.map(({ scene, state }) => [scene.member, state]));

const evidenceOf = (version: string, seen: readonly Seen[]): Evidence => ({
  version,
  members: Object.fromEntries(
    seen.map(({ scene, listed, state }) => [scene.member, { state, running: runningOf(listed) }]),
  ),
});

const runningOf = (listed: readonly ListedVersion[]): string[] =>
  listed.filter(({ running }) => running).map(({ version }) => version);
