import { localServer, type LocalServer } from '../../test/local-server';
import type { Credentials } from './credentials';
import { lookHttp } from './http';
import { lookOidcToken } from './oidc-token';
import { createWeb } from './web';

const web = createWeb();
const signal = new AbortController().signal;
const jwt = (payload: object): string => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.sig`;

let provider: LocalServer;
let forms: URLSearchParams[] = [];
let answer: { status: number; body: string };

beforeAll(async () => {
  provider = await localServer((request, response) => {
    let form = '';
    request.on('data', (chunk: Buffer) => (form += chunk.toString()));
    request.on('end', () => {
      forms.push(new URLSearchParams(form));
      response.writeHead(answer.status).end(answer.body);
    });
  });
});
beforeEach(() => {
  forms = [];
  answer = { status: 200, body: JSON.stringify({ access_token: jwt({ realm_access: { roles: ['b', 'a'] } }) }) };
});
afterAll(async () => {
  await web.close();
  await provider.close();
});

const credentials: Credentials = new Map([['auditor', { kind: 'password', username: 'probe', password: 'canary' }]]);
const look = () => {
  const place = { url: provider.base, clientId: 'shop', credential: 'auditor' };
  return lookOidcToken(web, credentials, place, ['roles'])(signal);
};

describe('a look at an identity provider', () => {
  it('takes a fresh token each time and brings its realm roles, sorted', async () => {
    expect(await look()).toEqual({ kind: 'observed', values: { status: 200, roles: ['a', 'b'] } });
    await look();
    expect(forms).toHaveLength(2);
    expect(Object.fromEntries(forms[0] as URLSearchParams)).toEqual({
      grant_type: 'password',
      client_id: 'shop',
      username: 'probe',
      password: 'canary',
      scope: 'openid',
    });
  });

  it('brings an empty list for a token without roles', async () => {
    answer.body = JSON.stringify({ access_token: jwt({ sub: 'probe' }) });
    expect(await look()).toEqual({ kind: 'observed', values: { status: 200, roles: [] } });
  });

  it('brings only the status when no token is given', async () => {
    answer = { status: 401, body: '{"error":"invalid_grant"}' };
    expect(await look()).toEqual({ kind: 'observed', values: { status: 401 } });
  });

  it('says that what it got is no JWT', async () => {
    answer.body = '{"access_token":"opaque"}';
    await expect(look()).rejects.toThrow('a token that is not a JWT');
  });

  it('lends its token to a look over HTTP', async () => {
    const shop = await localServer((_, response) => response.end());
    const oidc: Credentials = new Map([
      ['user', { kind: 'oidc', url: provider.base, clientId: 'shop', username: 'probe', password: 'canary' }],
    ]);
    await lookHttp(web, oidc, { url: shop.base, bearer: 'user' }, [])(signal);
    expect(shop.asked[0]?.headers.authorization).toBe(`Bearer ${jwt({ realm_access: { roles: ['b', 'a'] } })}`);
    answer = { status: 503, body: '' };
    await expect(lookHttp(web, oidc, { url: shop.base, bearer: 'user' }, [])(signal)).rejects.toThrow(
      'no token from the identity provider: status 503',
    );
    await shop.close();
  });
});
