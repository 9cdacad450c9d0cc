import { Follower, requestFor } from '@causeway/executor-conformance';
import type { Observer, SeenMutation } from '@causeway/executor-sdk';
import { KeycloakDesk } from '../spec/keycloak-desk';
import { startKeycloakForSpecs, type KeycloakForSpecs } from '../spec/start-keycloak';
import { keycloakExecutor } from './executor';
import { keycloakObserver } from './observer';

jest.setTimeout(180_000);
const SOON_MS = 30_000;

let keycloak: KeycloakForSpecs;
let desk: KeycloakDesk;
let follower: Follower;

const observer = (): Observer => {
  const { url, realm, observer: reader, executor } = keycloak;
  return keycloakObserver({ reader: { url, realm, ...reader }, executorClientId: executor.clientId }, Date.now);
};
async function applyOurs(group: string, role: string): Promise<void> {
  const { url, realm, executor } = keycloak;
  const sample = { target: 'idp', change: 'role-mapping@v1', with: { group, role } };
  const scopes = [{ scope: 'global', members: ['realm'] }];
  await keycloakExecutor({ url, realm, ...executor }).apply(requestFor({ ...sample, scopes }));
}
/** What comes next, in short. */
async function next(count: number): Promise<SeenMutation[]> {
  const before = follower.seen.length;
  await follower.until(before + count, SOON_MS);
  return follower.seen.slice(before);
}
const EXECUTOR = { actor: { kind: 'service', name: 'service-account-causeway-executor' }, by: { kind: 'executor' } };
const TEAM = { actor: { kind: 'service', name: 'service-account-idp-team' }, by: { kind: 'other' } };

beforeAll(async () => {
  keycloak = await startKeycloakForSpecs();
  desk = new KeycloakDesk(keycloak);
  const { id } = await desk.newGroup();
  await desk.map(keycloak.team, id, [await desk.newRole()]);
});
afterAll(() => keycloak?.stop());
beforeEach(async () => {
  follower = new Follower(observer());
  await follower.begin();
});
/** Whatever a case did: nothing that was before its beginning, no gap that it did not make. */
const nothingElse = async (gaps = 0): Promise<void> => {
  expect(await follower.sweep()).toEqual([]);
  expect(follower.gaps).toHaveLength(gaps);
};

describe('whose it is', () => {
  it('ours, by the account of our executor; the attempt has no place at Keycloak', async () => {
    const [group, role] = [await desk.newGroup(), await desk.newRole()];
    await applyOurs(group.name, role);
    const [seen] = await next(1);
    expect(seen).toMatchObject({
      ...EXECUTOR,
      resource: `groups/${group.name}/realm-roles/${role}`,
      change: 'role-mapping@v1',
      with: { group: group.name, role },
      ...{ effect: 'set', scopes: null },
      channel: { client: 'causeway-executor', token: null, address: '127.0.0.1' },
      by: { kind: 'executor', attemptId: null },
      ...{ before: { kind: 'unknown' }, after: { kind: 'known', value: { mapped: true } } },
      source: { detail: { operation: 'CREATE', path: `groups/${group.id}/role-mappings/realm` } },
    });
    await nothingElse();
  });

  it("the team's: given, given again (a second event), taken away", async () => {
    const [group, role] = [await desk.newGroup(), await desk.newRole()];
    await desk.map(keycloak.team, group.id, [role]);
    await desk.map(keycloak.team, group.id, [role]);
    await desk.map(keycloak.team, group.id, [role], 'DELETE');
    const seen = await next(3);
    const channel = { client: 'idp-team', token: null, address: '127.0.0.1' };
    const resource = `groups/${group.name}/realm-roles/${role}`;
    expect(seen).toMatchObject(['set', 'set', 'removed'].map((effect) => ({ ...TEAM, resource, channel, effect })));
    expect(new Set(seen.map(({ source }) => source.id)).size).toBe(3);
    await nothingElse();
  });

  it('a person, through the client that the person used', async () => {
    const [group, role, person] = [await desk.newGroup(), await desk.newRole(), await desk.newPerson('jamie')];
    await desk.map(person, group.id, [role]);
    expect(await next(1)).toMatchObject([
      { actor: { kind: 'user', name: 'jamie' }, channel: { client: 'admin-cli' }, by: { kind: 'other' } },
    ]);
  });

  it('an administrator of another realm is an id: nobody here knows the name', async () => {
    const [group, role] = [await desk.newGroup(), await desk.newRole()];
    await desk.map('admin', group.id, [role]);
    const [seen] = await next(1);
    expect(seen).toMatchObject({ actor: { kind: 'unknown' }, by: { kind: 'other' } });
    expect(seen?.actor.name).toBe(seen?.source.detail['userId']);
  });
});

describe('what it is', () => {
  it('one mutation a role, and a group below another is called by its path', async () => {
    const [parent, one, other] = [await desk.newGroup(), await desk.newRole(), await desk.newRole()];
    await desk.newChild(parent.id, 'night shift');
    const path = `/${parent.name}/night shift`;
    const child = (await desk.call('GET', `/group-by-path/${parent.name}/night%20shift`)) as { id: string };
    await desk.map(keycloak.team, child.id, [one, other]);
    const seen = await next(2);
    expect(seen.map((each) => each.with)).toEqual([
      { group: path, role: one },
      { group: path, role: other },
    ]);
    expect(seen[0]?.resource).toBe(`groups${path}/realm-roles/${one}`);
    await applyOurs(path, await desk.newRole());
    expect(await next(1)).toMatchObject([{ ...EXECUTOR, with: { group: path } }]);
    await nothingElse();
  });

  it('a group renamed since is not called by the name that it has now', async () => {
    const [group, role, later] = [await desk.newGroup(), await desk.newRole(), await desk.newRole()];
    await desk.map(keycloak.team, group.id, [role]);
    await desk.call('PUT', `/groups/${group.id}`, { name: `${group.name}-renamed` });
    await desk.map(keycloak.team, group.id, [later]);
    expect(await next(3)).toMatchObject([
      { resource: `groups/${group.id}/realm-roles/${role}`, with: { role } },
      { change: null, effect: 'set' },
      { with: { group: `${group.name}-renamed`, role: later } },
    ]);
    expect(follower.seen[0]?.with).not.toHaveProperty('group');
    await desk.call('PUT', `/groups/${group.id}`, { name: group.name });
    expect(await next(1)).toMatchObject([{ change: null, resource: `groups/${group.name}-renamed` }]);
  });

  it('a group and a role that are deleted take mappings along: told, as no change that a plan declares', async () => {
    const [group, role] = [await desk.newGroup(), await desk.newRole()];
    await desk.map(keycloak.team, group.id, [role]);
    await next(1);
    await desk.call('DELETE', `/roles/${role}`);
    await desk.call('DELETE', `/groups/${group.id}`);
    expect(await next(2)).toMatchObject([
      { change: null, effect: 'removed', resource: `realm-roles/${role}`, with: {} },
      { change: null, effect: 'removed', resource: `groups/${group.name}`, with: {} },
    ]);
    await nothingElse();
  });

  it('new groups and roles, and roles of single users, are none of it', async () => {
    const role = (await desk.call('GET', `/roles/${await desk.newRole()}`)) as object;
    await desk.newGroup();
    await desk.call('POST', `/users/${await desk.userId('probe-user')}/role-mappings/realm`, [role]);
    await nothingElse();
  });
});

describe('nothing twice, nothing missed', () => {
  it('while ours and those of others come within 50 ms of each other, 50 times of 50', async () => {
    const group = await desk.newGroup();
    const [theirs, ...ours] = await Promise.all(Array.from({ length: 51 }, () => desk.newRole()));
    for (const [round, role] of ours.entries()) {
      const method = round % 2 === 0 ? 'POST' : 'DELETE';
      const [first, second] = [
        () => applyOurs(group.name, role),
        () => desk.map(keycloak.team, group.id, [theirs as string], method),
      ].sort(() => (round % 4 < 2 ? 1 : -1));
      await Promise.all([first?.(), after(round, second as () => Promise<void>)]);
    }
    await follower.until(100, SOON_MS);
    await nothingElse();
    const told = follower.seen.map(
      (one) => `${one.by.kind} ${one.actor.name} ${one.effect} ${String(one.with['role'])}`,
    );
    const effect = (round: number): string => (round % 2 === 0 ? 'set' : 'removed');
    expect(told.filter((one) => one.startsWith('executor')).sort()).toEqual(
      ours.map((role) => `executor service-account-causeway-executor set ${role}`).sort(),
    );
    expect(told.filter((one) => one.startsWith('other'))).toEqual(
      ours.map((_, round) => `other service-account-idp-team ${effect(round)} ${theirs}`),
    );
  });

  it('over a restart of the observer and a crash of Keycloak', async () => {
    const [group, ...roles] = [await desk.newGroup(), await desk.newRole(), await desk.newRole(), await desk.newRole()];
    const give = (role: number): Promise<void> => desk.map(keycloak.team, group.id, [roles[role] as string]);
    await give(0);
    await next(1);
    await give(1);
    follower.handOver(observer());
    await next(1);
    // What Keycloak has not written to its disk yet is gone after a crash, here within a second.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await keycloak.crash();
    desk = new KeycloakDesk(keycloak);
    await desk.map(keycloak.team, group.id, [roles[2] as string]);
    follower.handOver(observer());
    await next(1);
    expect(follower.seen.map((one) => one.with['role'])).toEqual(roles);
    await nothingElse();
  });

  it('through many more at once than Keycloak gives in one answer', async () => {
    const group = await desk.newGroup();
    const roles = await Promise.all(Array.from({ length: 130 }, () => desk.newRole()));
    await Promise.all(roles.map((role) => desk.map(keycloak.team, group.id, [role])));
    await next(roles.length);
    await nothingElse();
  });
});

describe('what may be missing is a gap', () => {
  const config = (adminEventsEnabled: boolean): Promise<unknown> =>
    desk.call('PUT', '/events/config', { adminEventsEnabled, adminEventsDetailsEnabled: true });

  it('switched off: as long as it is off, and when it was off in between', async () => {
    const [group, role] = [await desk.newGroup(), await desk.newRole()];
    await config(false);
    await desk.map(keycloak.team, group.id, [role]);
    expect(await follower.sweep()).toEqual([]);
    expect(follower.gaps).toMatchObject([{ reason: expect.stringMatching(/are switched off/) }]);
    await config(true);
    await follower.sweep();
    await nothingElse(1);
    await config(false);
    await config(true);
    await follower.sweep();
    expect(follower.gaps[1]).toMatchObject({ reason: expect.stringMatching(/were switched off for a while/) });
    await nothingElse(2);
  });

  it('deleted by hand', async () => {
    const [group, role] = [await desk.newGroup(), await desk.newRole()];
    await desk.map(keycloak.team, group.id, [role]);
    await next(1);
    await desk.call('DELETE', '/admin-events');
    await follower.sweep();
    expect(follower.gaps).toMatchObject([{ reason: expect.stringMatching(/were deleted/) }]);
    await nothingElse(1);
  });
});

it('an account that may not read events says so', async () => {
  const { url, realm, executor } = keycloak;
  const blind = keycloakObserver(
    { reader: { url, realm, ...executor }, executorClientId: executor.clientId },
    Date.now,
  );
  await expect(new Follower(blind).begin()).rejects.toThrow(
    /does not let .* list admin events; give its service account view-users, view-realm and view-events/,
  );
});

/** 0 to 50 ms later. */
const after = async (round: number, work: () => Promise<void>): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, (round * 7) % 51));
  await work();
};
