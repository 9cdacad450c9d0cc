import { conformanceCases, requestFor, type Sample } from '@causeway/executor-conformance';
import { NotApplied, type Executor } from '@causeway/executor-sdk';
import { CutLine } from '@causeway/testkit';
import { KeycloakDesk } from '../spec/keycloak-desk';
import { startKeycloakForSpecs, type KeycloakForSpecs } from '../spec/start-keycloak';
import type { KeycloakSettings } from './config';
import { keycloakExecutor } from './executor';

jest.setTimeout(180_000);

let keycloak: KeycloakForSpecs;
let desk: KeycloakDesk;
let executor: Executor;

const executorWith = (more: Partial<KeycloakSettings>): Executor =>
  keycloakExecutor({ url: keycloak.url, realm: keycloak.realm, ...keycloak.executor, ...more });

const sampleOf = (group: string, role: string): Sample => ({
  target: 'idp',
  change: 'role-mapping@v1',
  with: { group, role },
  scopes: [{ scope: 'global', members: ['realm'] }],
});
const refusal = (work: Promise<unknown>): Promise<NotApplied> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => (error instanceof NotApplied ? error : Promise.reject(error as Error)),
  );

/** Ids of the groups made here, by name: the desk reads history by id. */
const groupIds = new Map<string, string>();
async function newSample(): Promise<Sample> {
  const [group, role] = [await desk.newGroup(), await desk.newRole()];
  groupIds.set(group.name, group.id);
  return sampleOf(group.name, role);
}
const idOf = (sample: Sample): string => groupIds.get(sample.with['group'] as string) as string;

beforeAll(async () => {
  keycloak = await startKeycloakForSpecs();
  desk = new KeycloakDesk(keycloak);
  executor = executorWith({});
});
afterAll(() => keycloak?.stop());

const isWrite = (method: string, path: string): boolean => method !== 'GET' && path.startsWith('/admin/');
async function cutOffAfterWrite(how: 'refused' | 'unreachable'): Promise<Executor> {
  const { url } = await CutLine.open({ to: keycloak.url, isWrite, writes: 1, how });
  return executorWith({ url });
}

describe('keeps the contract', () => {
  const names = conformanceCases({} as never).map(({ name }) => name);
  it.each(names)('%s', async (name) => {
    const cases = conformanceCases({
      executor,
      sample: newSample,
      writes: async (sample) => (await desk.events(idOf(sample))).length,
      badParameters: [{ group: 'x' }, { group: 'x', role: 7 }, { group: '', role: 'x' }],
      cutOffAfterWrite,
      secrets: [keycloak.executor.clientSecret],
    });
    await cases.find((one) => one.name === name)?.run();
  });
});

it('gives the role once: a repeat would leave a second event, so it is read before', async () => {
  const sample = await newSample();
  const { evidence } = await executor.apply(requestFor(sample));
  await executor.apply(requestFor(sample));
  expect((await desk.events(idOf(sample))).map(({ operation }) => operation)).toEqual(['CREATE']);
  expect(await desk.rolesOf(idOf(sample))).toEqual([sample.with['role']]);
  expect(evidence).toMatchObject({
    realm: keycloak.realm,
    group: { id: idOf(sample), path: `/${sample.with['group'] as string}` },
    role: { name: sample.with['role'] },
    mapped: true,
    before: { mapped: false },
  });
});

it('finds a group below another by its path', async () => {
  const [parent, role] = [await desk.newGroup(), await desk.newRole()];
  await desk.newChild(parent.id, 'night shift');
  const { evidence } = await executor.apply(requestFor(sampleOf(`/${parent.name}/night shift`, role)));
  expect(evidence).toMatchObject({ group: { path: `/${parent.name}/night shift` }, mapped: true });
});

describe('refuses, certainly and with a remedy', () => {
  it('an unknown group, and an unknown role', async () => {
    const { name } = await desk.newGroup();
    const role = await desk.newRole();
    expect(await refusal(executor.apply(requestFor(sampleOf('no-such-group', role))))).toMatchObject({
      code: 'unknown-group',
    });
    const error = await refusal(executor.apply(requestFor(sampleOf(name, 'no-such-role'))));
    expect(error).toMatchObject({ code: 'unknown-role', retriable: false });
    expect(error.message).toContain('create the realm role first');
  });

  it('a group called otherwise than what is observed calls it', async () => {
    const [{ name, id }, role] = [await desk.newGroup(), await desk.newRole()];
    const error = await refusal(executor.apply(requestFor(sampleOf(`/${name}`, role))));
    expect(error).toMatchObject({ code: 'bad-parameters', retriable: false });
    expect(error.message).toContain(`write group: ${name}`);
    expect(await desk.rolesOf(id)).toEqual([]);
  });

  it('wrong credentials, without telling them', async () => {
    const wrong = executorWith({ clientSecret: 'canary-51be' });
    const error = await refusal(wrong.apply(requestFor(await newSample())));
    expect(error).toMatchObject({ code: 'credentials-refused', retriable: false });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('canary');
  });

  it('an account without the right to write: nothing is written', async () => {
    const sample = await newSample();
    const error = await refusal(executorWith(keycloak.observer).apply(requestFor(sample)));
    expect(['not-permitted', 'unknown-role']).toContain(error.code);
    expect(await desk.rolesOf(idOf(sample))).toEqual([]);
  });

  it('a system that is down: nothing left, later may be better', async () => {
    const error = await refusal(executorWith({ url: 'http://127.0.0.1:1' }).apply(requestFor(sampleOf('any', 'any'))));
    expect(error).toMatchObject({ code: 'target-unreachable', retriable: true });
  });
});
