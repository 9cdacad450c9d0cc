import { conformanceCases, requestFor, type Sample } from '@causeway/executor-conformance';
import { recallInMemory } from '@causeway/executor-host';
import { NotApplied, type Executor } from '@causeway/executor-sdk';
import { CutLine } from '@causeway/testkit';
import { CaddyDesk } from '../spec/caddy-desk';
import { marked, withoutId, type Document } from '../spec/policies';
import { startCaddyForSpecs, type CaddyForSpecs } from '../spec/start-caddy';
import type { CaddySettings } from './config';
import { caddyExecutor } from './executor';

jest.setTimeout(120_000);

let caddy: CaddyForSpecs;
let desk: CaddyDesk;
let executor: Executor;
let original: Document;

const executorWith = (more: Partial<CaddySettings>): Executor =>
  caddyExecutor({ adminUrl: caddy.adminUrl, policyId: caddy.policyId, ...more }, recallInMemory());

let made = 0;
/** A policy as good as the original, and different from every other. */
const newDocument = (): Document => marked(original, `spec-${made++}`);

const sampleOf = (document: Document): Sample => ({
  target: 'edge',
  change: 'policy@v1',
  with: { policy: 'auditor', document } as Sample['with'],
  scopes: [
    { scope: 'us-east', members: ['gw-us-1', 'gw-us-2'] },
    { scope: 'eu-west', members: ['gw-eu-1', 'gw-eu-2'] },
  ],
});
const refusal = (work: Promise<unknown>): Promise<NotApplied> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => (error instanceof NotApplied ? error : Promise.reject(error as Error)),
  );

beforeAll(async () => {
  caddy = await startCaddyForSpecs();
  desk = new CaddyDesk(caddy);
  original = await desk.read();
  executor = executorWith({});
});
afterEach(() => desk.put(withoutId(original)));
afterAll(() => caddy?.stop());

async function cutOffAfterWrite(how: 'refused' | 'unreachable'): Promise<Executor> {
  const isWrite = (method: string): boolean => method === 'PATCH';
  const { url } = await CutLine.open({ to: caddy.adminUrl, isWrite, writes: 1, how });
  return executorWith({ adminUrl: url });
}

describe('keeps the contract', () => {
  const names = conformanceCases({} as never).map(({ name }) => name);
  it.each(names)('%s', async (name) => {
    const cases = conformanceCases({
      executor,
      sample: () => Promise.resolve(sampleOf(newDocument())),
      writes: () => Promise.resolve(desk.writes().length),
      badParameters: [{ policy: 'x' }, { policy: 'x', document: 'text' }, { policy: 'x', document: [] }],
      cutOffAfterWrite,
      secrets: ['no credentials: the admin address knows none'],
    });
    await cases.find((one) => one.name === name)?.run();
  });
});

it('writes the document once, keeps the @id, and the log names who and which attempt', async () => {
  const request = requestFor(sampleOf(newDocument()));
  const before = desk.writes().length;
  const { evidence } = await executor.apply(request);
  expect(await desk.read()).toEqual({ '@id': caddy.policyId, ...(request.with['document'] as object) });
  const written = desk.writes().slice(before);
  expect(written).toEqual([{ userAgent: 'causeway-executor/0.1.0', step: request.attemptId }]);
  expect(evidence).toMatchObject({
    policy: 'auditor',
    etag: expect.any(String),
    before: { etag: expect.any(String) },
  });
});

it('a revert brings back exactly what was there before, also after a repeated attempt', async () => {
  const request = requestFor(sampleOf(newDocument()));
  await executor.apply(request);
  await executor.apply(request);
  await executor.revert(request);
  expect(await desk.read()).toEqual(original);
});

it('a change by somebody else between look and write is not overwritten', async () => {
  const raced = caddyExecutor(
    { adminUrl: caddy.adminUrl, policyId: caddy.policyId },
    { ...recallInMemory(), keep: () => desk.put(marked(original, 'by hand')) },
  );
  const error = await refusal(raced.apply(requestFor(sampleOf(newDocument()))));
  expect(error).toMatchObject({ code: 'changed-meanwhile', retriable: true });
  expect(JSON.stringify(await desk.read())).toContain('by hand');
});

describe('refuses, certainly and with a remedy', () => {
  it('an unknown policy', async () => {
    const error = await refusal(
      executorWith({ policyId: 'no-such-policy' }).apply(requestFor(sampleOf(newDocument()))),
    );
    expect(error).toMatchObject({ code: 'unknown-policy', retriable: false });
  });

  it.each([
    ['a module that Caddy does not have', { handler: 'no-such-handler', handle: [{ handler: 'no-such-handler' }] }],
    ['a field that the module does not have', { handle: 'not a list', routes: 'not a list' }],
  ])('%s; the old policy stays', async (_, document) => {
    const error = await refusal(executor.apply(requestFor(sampleOf(document))));
    expect(error).toMatchObject({ code: 'document-refused', retriable: false });
    expect(await desk.read()).toEqual(original);
  });

  it('a revert when nothing is known of before', async () => {
    const document = newDocument();
    await desk.put(document);
    expect(await refusal(executor.revert(requestFor(sampleOf(document))))).toMatchObject({
      code: 'nothing-to-restore',
    });
  });

  it('a system that is down: nothing left, later may be better', async () => {
    const error = await refusal(
      executorWith({ adminUrl: 'http://127.0.0.1:1' }).apply(requestFor(sampleOf(newDocument()))),
    );
    expect(error).toMatchObject({ code: 'target-unreachable', retriable: true });
  });
});
