import { explanation, problemBody, sequenceView, submittedIntent } from '@causeway/console-api';
import * as lab from '@causeway/lab';
import { LAGGING_PLAN, LAGGING_TARGETS, ToldLedger } from '@causeway/testkit';
import { ConsoleHouse, READ_TOKEN } from '../../spec/console-house';

jest.setTimeout(90_000);

const { keys } = new ToldLedger(LAGGING_TARGETS);
let house: ConsoleHouse;

beforeAll(async () => {
  house = await ConsoleHouse.onLab(lab, { trustFile: keys.trustFile, keyFile: keys.keyFile('console') });
});
afterAll(() => house?.close());

const key = (value: string) => ({ 'idempotency-key': value });

describe('an intent over HTTP', () => {
  it('is taken once: 202 with the place of its sequence, and a signed message on the intents topic', async () => {
    const first = await house.post({ plan: LAGGING_PLAN }, key('CHG-1'));
    expect(first.status).toBe(202);
    const submitted = submittedIntent.parse(first.body);
    expect(first.headers.get('location')).toBe(`/v1/sequences/${submitted.sequenceId}`);
    await house.until('the intent is on its topic', () => house.intents.some(({ data }) => data.key === 'CHG-1'));
    expect(house.intents[0]).toMatchObject({
      source: '/console',
      data: { requestedBy: 'team-platform', mode: 'apply' },
    });
  });

  it('is known as submitted before anything is decided', async () => {
    const { body } = await house.post({ plan: LAGGING_PLAN }, key('CHG-1'));
    const { location } = submittedIntent.parse(body);
    const view = sequenceView.parse((await house.get(location)).body);
    expect(view).toMatchObject({ status: 'submitted', plan: 'example', asOf: null, steps: [] });
    expect(explanation.parse((await house.get(`${location}/explain`)).body)).toMatchObject({
      summary: 'The intent is on its way; nothing is decided yet.',
    });
  });

  it('answers a repeat with the same bytes and publishes nothing again', async () => {
    const again = await Promise.all(
      [1, 2, 3].map(() => house.post({ plan: LAGGING_PLAN, mode: 'apply' }, key('CHG-2'))),
    );
    const once = again.map(({ body }) => JSON.stringify(body));
    expect(new Set(once).size).toBe(1);
    await house.post({ plan: LAGGING_PLAN }, key('CHG-3'));
    await house.until('the later intent is there', () => house.intents.some(({ data }) => data.key === 'CHG-3'));
    expect(house.intents.filter(({ data }) => data.key === 'CHG-2')).toHaveLength(1);
  });

  it.each([
    [
      'another plan under its key',
      { plan: { ...(LAGGING_PLAN as object), metadata: { name: 'other', owner: 'team-a', reason: 'x' } } },
      key('CHG-1'),
      422,
      'idempotency-key-reused',
    ],
    [
      'another mode under its key',
      { plan: LAGGING_PLAN, mode: 'preview' },
      key('CHG-1'),
      422,
      'idempotency-key-reused',
    ],
    ['no key', { plan: LAGGING_PLAN }, {}, 400, 'idempotency-key-missing'],
    ['a key with spaces', { plan: LAGGING_PLAN }, key('CHG 1'), 400, 'idempotency-key-invalid'],
    ['another key in the body', { plan: LAGGING_PLAN, key: 'x' }, key('CHG-9'), 422, 'key-differs'],
    ['text that is not JSON', '{"plan":', key('CHG-9'), 400, 'body-not-json'],
    ['another content type', '<plan/>', { ...key('CHG-9'), 'content-type': 'text/xml' }, 415, 'not-json'],
    ['an unknown field', { plan: LAGGING_PLAN, force: true }, key('CHG-9'), 422, 'body-invalid'],
    ['20,000 levels of nesting', `{"plan":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, key('CHG-9'), 400, 'too-deep'],
    [
      'more than 256 KiB',
      { plan: { ...(LAGGING_PLAN as object), text: 'x'.repeat(300_000) } },
      key('CHG-9'),
      413,
      'body-too-large',
    ],
  ])('is refused with %s', async (_, body, headers, status, code) => {
    const answer = await house.post(body, headers as Record<string, string>);
    expect([answer.status, problemBody.parse(answer.body).code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('names every place of a bad plan', async () => {
    const plan = {
      ...(LAGGING_PLAN as object),
      spec: { scopes: ['us-east'], steps: [{ id: 'A', target: 'edge', change: 'set' }], stepz: [] },
    };
    const problem = problemBody.parse((await house.post({ plan }, key('CHG-9'))).body);
    expect(problem).toMatchObject({ status: 422, code: 'plan-invalid', instance: '/v1/intents' });
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/plan/spec/steps/0/change',
      '/plan/spec/steps/0/id',
      '/plan/spec/stepz',
    ]);
  });

  it('needs a token that may write', async () => {
    const without = await house.post({ plan: LAGGING_PLAN }, key('CHG-9'), null);
    expect([without.status, problemBody.parse(without.body).code]).toEqual([401, 'token-missing']);
    expect(without.headers.get('www-authenticate')).toBe('Bearer realm="causeway"');
    expect((await house.post({ plan: LAGGING_PLAN }, key('CHG-9'), 'guessed')).body).toMatchObject({
      status: 401,
      code: 'token-unknown',
    });
    expect((await house.post({ plan: LAGGING_PLAN }, key('CHG-9'), READ_TOKEN)).body).toMatchObject({
      status: 403,
      code: 'read-only',
    });
    expect((await house.get('/v1/sequences', READ_TOKEN)).status).toBe(200);
    expect((await house.get('/v1/nothing')).body).toMatchObject({ status: 404, code: 'no-such-path' });
  });
});
