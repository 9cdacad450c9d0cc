import { localServer } from '../../spec/local-server';
import { lookUnleash } from './unleash-client';
import { createWeb } from './web';

const web = createWeb();
afterAll(() => web.close());

async function lookAtFlags(status: number, body: string, asked = ['flag.new-authorization']) {
  const server = await localServer((_, response) => response.writeHead(status).end(body));
  const credentials = new Map([['flags', { kind: 'token' as const, token: 'default:production.read' }]]);
  const place = { url: `${server.base}/api/client/features`, credential: 'flags', region: 'eu-west' };
  const outcome = lookUnleash(web, credentials, place, asked)(new AbortController().signal);
  await outcome.catch(() => undefined);
  await server.close();
  return { outcome, authorization: server.asked[0]?.headers.authorization };
}

const features = (...all: object[]): string => JSON.stringify({ version: 2, features: all });

describe('a look at the flags as an application gets them', () => {
  it('brings the flag as it is for the region, asked with the backend token', async () => {
    const strategies = [
      { name: 'default', constraints: [{ contextName: 'region', operator: 'IN', values: ['eu-west'] }] },
    ];
    const flag = { name: 'new-authorization', enabled: true, strategies };
    const { outcome, authorization } = await lookAtFlags(200, features(flag, { name: 'other', enabled: true }));
    expect(await outcome).toEqual({ kind: 'observed', values: { status: 200, 'flag.new-authorization': true } });
    expect(authorization).toBe('default:production.read');
  });

  it('has no value for a flag that is not delivered', async () => {
    const { outcome } = await lookAtFlags(200, features());
    expect(await outcome).toEqual({ kind: 'observed', values: { status: 200 } });
  });

  it('brings only the status when the token is refused', async () => {
    const { outcome } = await lookAtFlags(401, '{}');
    expect(await outcome).toEqual({ kind: 'observed', values: { status: 401 } });
  });

  it.each(['<html>', '{"features":[{"name":1}]}', '[]'])('says that %s is no list of features', async (body) => {
    const { outcome } = await lookAtFlags(200, body);
    await expect(outcome).rejects.toThrow('the client API');
  });
});
