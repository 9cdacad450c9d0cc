import { localServer, type LocalServer } from '../../spec/local-server';
import type { Credentials } from './credentials';
import { lookHttp } from './http';
import { createTokens, lookOidcToken } from './oidc-token';
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

  describe('for a look over HTTP', () => {
    const lookAt = async (urls: string[], within = signal) => {
      const oidc: Credentials = new Map([
        ['user', { kind: 'oidc', url: provider.base, clientId: 'shop', username: 'probe', password: 'canary' }],
      ]);
      const means = { web, credentials: oidc, tokens: createTokens(web) };
      return Promise.all(urls.map((url) => lookHttp(means, { url, bearer: 'user' }, [])(within)));
    };

    it('lends one fresh token to members that are looked at together', async () => {
      const shop = await localServer((_, response) => response.end());
      await lookAt([shop.base, shop.base, shop.base]);
      expect(shop.asked.map(({ headers }) => headers.authorization)).toEqual(
        Array(3).fill(`Bearer ${jwt({ realm_access: { roles: ['b', 'a'] } })}`),
      );
      expect(forms).toHaveLength(1);
      await lookAt([shop.base]);
      expect(forms).toHaveLength(2);
      await shop.close();
    });

    it('says that the provider gave none, or did not answer in time, and asks nothing of the member', async () => {
      const shop = await localServer((_, response) => response.end());
      answer = { status: 503, body: '' };
      await expect(lookAt([shop.base])).rejects.toThrow('no token from the identity provider: status 503');
      await expect(lookAt([shop.base], AbortSignal.timeout(1))).rejects.toThrow('no token from the identity provider');
      expect(shop.asked).toHaveLength(0);
      await shop.close();
    });
  });
});
