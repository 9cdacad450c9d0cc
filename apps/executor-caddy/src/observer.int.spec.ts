import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Follower, observerCases, requestFor, type ObserverFixture } from '@causeway/executor-conformance';
import { recallInMemory } from '@causeway/executor-host';
import { hungUp, untilAnswered } from '@causeway/lab';
import { NotApplied, type ChangeRequest, type Observer, type SeenMutation } from '@causeway/executor-sdk';
import { CaddyDesk, type ByHand } from '../spec/caddy-desk';
import { marked, withoutId, type Document } from '../spec/policies';
import { startCaddyForSpecs, type CaddyForSpecs } from '../spec/start-caddy';
import { caddyExecutor } from './executor';
import { caddyObserver } from './observer';

jest.setTimeout(120_000);
const SOON_MS = 20_000;

let caddy: CaddyForSpecs;
let desk: CaddyDesk;
let follower: Follower;
let original: Document;
let made = 0;

const observer = (): Observer =>
  caddyObserver({ adminUrl: caddy.adminUrl, policyId: caddy.policyId, adminLog: caddy.logFile }, Date.now);
const newDocument = (mark = `spec-${made++}`): Document => marked(original, mark);
const requestOf = (document: Document): ChangeRequest =>
  requestFor({
    target: 'edge',
    change: 'policy@v1',
    with: { policy: 'auditor', document } as ChangeRequest['with'],
    scopes: [{ scope: 'us-east', members: ['gw-us-1'] }],
  });
const apply = (request: ChangeRequest): Promise<unknown> =>
  caddyExecutor({ adminUrl: caddy.adminUrl, policyId: caddy.policyId }, recallInMemory()).apply(request);
const POLICY = '/id/edge-policy';
const ofTeam = (more: Pick<ByHand, 'method' | 'path' | 'body'>): ByHand => ({ client: 'gateway-team/1', ...more });
const patch = (document: Document): ByHand =>
  ofTeam({ method: 'PATCH', path: POLICY, body: { '@id': caddy.policyId, ...document } });
async function byHand(order: ByHand, status = 200): Promise<void> {
  const answer = await desk.hand(order);
  if (answer.status !== status) throw new Error(`${order.method} ${order.path}: ${answer.status} ${answer.text}`);
}
/** What comes next, in short. */
async function next(count: number): Promise<SeenMutation[]> {
  const before = follower.seen.length;
  await follower.until(before + count, SOON_MS);
  return follower.seen.slice(before);
}
async function nothingElse(gaps = 0): Promise<void> {
  expect(await follower.sweep()).toEqual([]);
  expect(follower.gaps).toHaveLength(gaps);
}
const known = (value: unknown) => ({ kind: 'known', value });
const unknown = { kind: 'unknown' };

beforeAll(async () => {
  caddy = await startCaddyForSpecs();
  desk = new CaddyDesk(caddy);
  original = withoutId(await desk.read());
});
afterAll(() => caddy?.stop());
beforeEach(async () => {
  await desk.put(newDocument());
  follower = new Follower(observer());
  await follower.begin();
});

const fixture: ObserverFixture = {
  createObserver: observer,
  ours: () => untilApplied(requestOf(newDocument())).then(() => 1),
  theirs: () => untilTaken(`somebody-${made++}`).then(() => 1),
  secrets: [],
};
it.each(observerCases(fixture).map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run());

/** Refused since another was first, or hung up on at a change of Caddy's, which then had not read it: tried again, as the sequencer would order it. */
async function untilApplied(request: ChangeRequest): Promise<void> {
  await apply(request).catch((error: unknown) => {
    if (error instanceof NotApplied || hungUp(error)) return untilApplied(request);
    throw error;
  });
}

async function untilTaken(client: string): Promise<void> {
  const { status } = await untilAnswered(() => desk.hand({ ...patch(newDocument(client)), client }));
  expect(status).toBe(200);
}

describe('whose it is, and what it is', () => {
  it('ours, by the mark of our executor, with the attempt; the contents before and after', async () => {
    const before = withoutId(await desk.read());
    const document = newDocument();
    const request = requestOf(document);
    await apply(request);
    const [seen] = await next(1);
    expect(seen).toMatchObject({
      resource: POLICY,
      change: 'policy@v1',
      effect: 'set',
      scopes: null,
      actor: { kind: 'service', name: 'causeway-executor' },
      channel: { client: 'causeway-executor/0.1.0', token: null, address: '127.0.0.1' },
      by: { kind: 'executor', attemptId: request.attemptId },
      source: { detail: { method: 'PATCH', uri: POLICY } },
    });
    expect([seen?.with, seen?.before, seen?.after]).toEqual([{ document }, known(before), known(document)]);
    await nothingElse();
  });

  it('by hand: nobody knows who, but through what and from where; a repeated write is one more mutation', async () => {
    const document = newDocument();
    await byHand(patch(document));
    await next(1);
    await byHand(patch(document));
    await next(1);
    expect(follower.seen).toMatchObject(
      [0, 1].map(() => ({
        actor: { kind: 'unknown', name: null },
        channel: { client: 'gateway-team/1', token: null, address: '127.0.0.1' },
        by: { kind: 'other' },
        with: { document },
        after: known(document),
      })),
    );
    expect(follower.seen[1]?.before).toEqual(known(document));
    await nothingElse();
  });

  it('a part of the policy, the place in the configuration that holds it, the whole configuration', async () => {
    await byHand(ofTeam({ method: 'POST', path: `${POLICY}/routes`, body: { handle: [] } }));
    const [part] = await next(1);
    expect(part?.with['document']).toMatchObject({ routes: expect.arrayContaining([{ handle: [] }]) });
    const document = newDocument();
    const place = '/config/apps/http/servers/control/routes/3/handle/1';
    await byHand(ofTeam({ method: 'PATCH', path: place, body: { '@id': caddy.policyId, ...document } }));
    expect(await next(1)).toMatchObject([{ resource: POLICY, with: { document } }]);
    const { text } = await desk.hand(ofTeam({ method: 'GET', path: '/config/' }));
    const other = newDocument();
    const changed = replaced(JSON.parse(text), { '@id': caddy.policyId, ...other });
    await byHand(ofTeam({ method: 'POST', path: '/load', body: changed }));
    expect(await next(1)).toMatchObject([
      { resource: POLICY, with: { document: other }, source: { detail: { uri: '/load' } } },
    ]);
    await nothingElse();
  });

  it('refused writes, looks, and writes that leave the policy alone, are none', async () => {
    await byHand(patch({ handler: 'no-such-handler' }), 500);
    await byHand(ofTeam({ method: 'DELETE', path: '/id/no-such-object' }), 404);
    await byHand(ofTeam({ method: 'GET', path: '/config/no/such/place' }), 400);
    await byHand(ofTeam({ method: 'PUT', path: '/config/apps/http/http_port', body: 8_088 }));
    await byHand(ofTeam({ method: 'DELETE', path: '/config/apps/http/http_port' }));
    await nothingElse();
    await nothingElse();
  });

  it('removed: no longer there', async () => {
    const before = withoutId(await desk.read());
    const place = '/config/apps/http/servers/control/routes/3/handle/1';
    await byHand(ofTeam({ method: 'DELETE', path: POLICY }));
    expect(await next(1)).toMatchObject([{ effect: 'removed', with: {}, before: known(before), after: known(null) }]);
    await byHand(ofTeam({ method: 'PUT', path: place, body: { '@id': caddy.policyId, ...original } }));
    expect(await next(1)).toMatchObject([{ effect: 'set', before: known(null), after: known(original) }]);
    await nothingElse();
  });

  it('several writes between two looks: each with its owner; contents that nobody saw are not made up', async () => {
    const [first, second, ours] = [newDocument(), newDocument(), newDocument()];
    const request = requestOf(ours);
    await byHand(patch(first));
    await byHand(patch(second));
    await apply(request);
    const seen = await next(3);
    expect(seen).toMatchObject([
      { by: { kind: 'other' }, with: {}, after: unknown },
      { by: { kind: 'other' }, with: {}, before: unknown, after: unknown },
      { by: { kind: 'executor', attemptId: request.attemptId }, with: { document: ours }, before: unknown },
    ]);
    expect(seen[0]?.with).toEqual({});
    await nothingElse();
  });
});

/** Every object of the same `@id` replaced. */
function replaced(value: unknown, by: Document): unknown {
  if (Array.isArray(value)) return value.map((one) => replaced(one, by));
  if (typeof value !== 'object' || value === null) return value;
  if ((value as Document)['@id'] === by['@id']) return by;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, by)]));
}

describe('nothing twice, nothing missed', () => {
  it('while ours and those of others come within 50 ms of each other, 50 times of 50', async () => {
    const others = new Set<string>();
    const attempts = new Set<string>();
    const following = follower.until(100, 60_000);
    for (let round = 0; round < 50; round++) {
      const request = requestOf(newDocument(`ours-${round}`));
      attempts.add(request.attemptId);
      others.add(`theirs-${round}`);
      const apart = (round * 7) % 51;
      const [oursAfter, theirsAfter] = round % 2 === 0 ? [0, apart] : [apart, 0];
      await Promise.all([
        pause(oursAfter).then(() => untilApplied(request)),
        pause(theirsAfter).then(() => untilTaken(`theirs-${round}`)),
      ]);
    }
    await following;
    await nothingElse();
    const ours = follower.seen.flatMap(({ by }) => (by.kind === 'executor' ? [by.attemptId] : []));
    expect(ours.sort()).toEqual([...attempts].sort());
    const theirs = follower.seen.flatMap(({ by, channel }) => (by.kind === 'other' ? [channel.client] : []));
    expect(theirs.sort()).toEqual([...others].sort());
    follower.seen.forEach(expectOwnContent);
    expect(follower.seen.some(({ after }) => after.kind === 'known')).toBe(true);
  });

  /** What is known to be in it has to be what this writer wrote. */
  function expectOwnContent({ after, by, channel }: SeenMutation): void {
    if (after.kind === 'unknown') return;
    const mark = /"X-Policy-Revision":\["([^"]*)"\]/.exec(JSON.stringify(after.value))?.[1];
    expect(mark).toMatch(by.kind === 'executor' ? /^ours-/ : new RegExp(`^${channel.client}$`));
  }

  it('over a restart of the observer, also in the middle of what it has seen', async () => {
    const [first, second] = [newDocument(), newDocument()];
    await byHand(patch(first));
    await next(1);
    await byHand(patch(second));
    follower.handOver(observer());
    expect(await next(1)).toMatchObject([{ with: { document: second }, before: known(first) }]);
    await nothingElse();
  });

  it('over a crash of the control plane: nothing when it kept its configuration, else that it began with another', async () => {
    const document = newDocument();
    await byHand(patch(document));
    await next(1);
    await caddy.crash('kept');
    await nothingElse();
    const unseen = newDocument();
    await byHand(patch(unseen));
    await caddy.crash('kept');
    expect(await next(1)).toMatchObject([{ with: { document: unseen }, before: known(document) }]);
    await caddy.crash('lost');
    const nobody = { actor: { kind: 'unknown', name: null }, by: { kind: 'other' } };
    const values = { before: known(unseen), after: known(original) };
    expect(await next(1)).toMatchObject([{ ...nobody, ...values, happened: { kind: 'at' } }]);
    const later = newDocument();
    await byHand(patch(later));
    expect(await next(1)).toMatchObject([{ with: { document: later } }]);
    await nothingElse();
  });
});

describe('the log', () => {
  it('rotated: read on in the old file, then in the new one', async () => {
    await byHand(patch(newDocument()));
    renameSync(caddy.logFile, `${caddy.logFile.replace(/\.log$/, '')}-1.log`);
    // The process goes on writing into the old file; a new one comes about, and lines come there.
    writeFileSync(caddy.logFile, '');
    const rotated = `${caddy.logFile.replace(/\.log$/, '')}-1.log`;
    const copying = setInterval(() => copyNewLines(rotated), 10);
    await next(1);
    clearInterval(copying);
    renameSync(rotated, caddy.logFile);
    expect(follower.gaps).toEqual([]);
  });

  /** As a process does that opened its log anew. */
  let copied = 0;
  function copyNewLines(from: string): void {
    const text = readFileSync(from, 'utf8');
    if (copied === 0) copied = text.length;
    appendFileSync(caddy.logFile, text.slice(copied));
    copied = text.length;
  }

  it('emptied before it was read: a gap, and the difference that is left', async () => {
    const document = newDocument();
    await byHand(patch(document));
    truncateSync(caddy.logFile);
    await follower.sweep();
    expect(follower.gaps).toMatchObject([{ reason: expect.stringMatching(/was emptied/) }]);
    const later = newDocument();
    await byHand(patch(later));
    expect(await next(1)).toMatchObject([{ with: { document: later }, before: known(document) }]);
    await nothingElse(1);
  });

  it('another file than the control plane logs to is refused at the beginning', async () => {
    const wrong = `${caddy.logFile}.other`;
    writeFileSync(wrong, '');
    const blind = caddyObserver({ adminUrl: caddy.adminUrl, policyId: caddy.policyId, adminLog: wrong }, Date.now);
    await expect(new Follower(blind).begin()).rejects.toThrow(/does not show our own look .*correct CADDY_ADMIN_LOG/);
  });
});
