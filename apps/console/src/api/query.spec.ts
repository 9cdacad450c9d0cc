import { problemBody } from '@causeway/console-api';
import { DoorHouse } from '../../spec/door-house';
import { ROUTES } from './openapi';

const house = new DoorHouse();
beforeAll(() => house.open());
afterAll(() => house.close());
beforeEach(() => house.reached.splice(0));

const SEQUENCE = '00000000-0000-8000-8000-000000000001';
const places = (path: string): string => path.replace('{id}', SEQUENCE).replaceAll(/\{\w+\}/g, 'edge');

/** Every parameter in the query of every route, but the one that may be repeated. */
const asked = ROUTES.flatMap(({ path, parameters = [] }) =>
  (parameters as { name: string; in: string; schema: { type?: string } }[])
    .filter((one) => one.in === 'query' && one.schema.type !== 'array')
    .map(({ name }) => [path, name] as const),
);

describe('a parameter that cannot be what it says', () => {
  it.each(asked)('%s: %s twice', async (path, name) => {
    const answer = await house.ask(`${places(path)}?${name}=50&${name}=51`);
    expect(problemBody.parse(await answer.json()).status).toBe(answer.status);
    expect([400, 404]).toContain(answer.status);
    expect(house.reached).toEqual([]);
  });

  it.each([
    ['/v1/ledger/evidence?indices=1&indices=2', 'indices-invalid'],
    ['/v1/mutations?resource=a&resource=b', 'resource-invalid'],
    ['/v1/mutations?resource=', 'resource-invalid'],
    [`/v1/mutations?resource=${'a'.repeat(301)}`, 'resource-invalid'],
    ['/v1/sequences?cursor=', 'cursor-invalid'],
    [`/v1/sequences?cursor=${Buffer.from('1e3').toString('base64url')}`, 'cursor-invalid'],
    ['/v1/targets/edge/upstream?since=', 'since-missing'],
  ])('%s is refused as %s', async (path, code) => {
    const answer = await house.ask(path);
    expect([answer.status, problemBody.parse(await answer.json()).code]).toEqual([400, code]);
    expect(house.reached).toEqual([]);
  });

  it.each([
    `/v1/mutations?resource=${'a'.repeat(300)}`,
    `/v1/sequences?cursor=${Buffer.from('1000').toString('base64url')}`,
    '/v1/targets/edge/upstream',
    '/v1/mutations/outside?from=1h&target=edge&target=idp',
  ])('%s is asked', async (path) => {
    await house.ask(path);
    expect(house.reached).toHaveLength(1);
  });
});
