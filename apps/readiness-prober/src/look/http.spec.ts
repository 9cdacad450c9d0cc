import { localServer, type LocalServer } from '../../spec/local-server';
import type { Credentials } from './credentials';
import { lookHttp } from './http';
import { createTokens } from './oidc-token';
import { createWeb } from './web';

const web = createWeb();
const tokens = createTokens(web);
const open: LocalServer[] = [];
const never = new AbortController().signal;
const serve = async (...args: Parameters<typeof localServer>): Promise<LocalServer> => {
  const server = await localServer(...args);
  open.push(server);
  return server;
};
const lookAt = (url: string, asked: string[], credentials: Credentials = new Map(), bearer?: string) =>
  lookHttp({ web, credentials, tokens }, { url, bearer }, asked)(never);

afterAll(async () => {
  await web.close();
  await Promise.all(open.map((server) => server.close()));
});

describe('a look over HTTP', () => {
  it('brings the status and the values that were asked for, and nothing else of the answer', async () => {
    const { base } = await serve((_, response) => {
      response.setHeader('X-Policy', 'auditor-2');
      response.setHeader('Set-Cookie', 'session=canary');
      response.end(JSON.stringify({ version: '1.1.0', secret: 'canary', nested: { a: [1] } }));
    });
    expect(await lookAt(`${base}/version`, ['body.version', 'header.x-policy', 'body.nested', 'body.absent'])).toEqual({
      kind: 'observed',
      values: { status: 200, 'body.version': '1.1.0', 'header.x-policy': 'auditor-2', 'body.nested': { a: [1] } },
    });
  });

  it('observes a redirect instead of following it', async () => {
    const { base, asked } = await serve((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect(await lookAt(base, [])).toEqual({ kind: 'observed', values: { status: 302 } });
    expect(asked).toHaveLength(1);
  });

  it('observes a wrong status, and a body that is no JSON as one without fields', async () => {
    const { base } = await serve((_, response) => response.writeHead(503).end('<html>version</html>'));
    expect(await lookAt(base, ['body.version'])).toEqual({ kind: 'observed', values: { status: 503 } });
  });

  it.each([
    ['an array', '[1]'],
    ['null', 'null'],
    ['20,000 levels', `${'{"version":'.repeat(20_000)}1${'}'.repeat(20_000)}`.slice(0, 60_000)],
    ['deep but whole', `{"version":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['cut off', '{"version":"1'],
  ])('takes no field from a body that is %s', async (_, body) => {
    const { base } = await serve((__, response) => response.end(body));
    expect(await lookAt(base, ['body.version'])).toEqual({ kind: 'observed', values: { status: 200 } });
  });

  it('is not fooled by a field named like an inherited property', async () => {
    const { base } = await serve((_, response) => response.end('{"a":1}'));
    expect(await lookAt(base, ['body.__proto__', 'body.constructor', 'body.toString'])).toEqual({
      kind: 'observed',
      values: { status: 200 },
    });
  });

  it('gives up on a body that does not end, after 64 KiB', async () => {
    const { base } = await serve((request, response) => {
      const more = setInterval(() => response.write('x'.repeat(16_384)), 1);
      request.on('close', () => clearInterval(more));
    });
    await expect(lookAt(base, [])).rejects.toThrow('the answer is larger than 65536 bytes');
  });

  it('gives up on a value that is too large for a reading', async () => {
    const { base } = await serve((_, response) => response.end(JSON.stringify({ version: 'x'.repeat(5_000) })));
    await expect(lookAt(base, ['body.version'])).rejects.toThrow(
      'body.version is larger than the 4096 bytes that a reading takes',
    );
  });

  it('ends with the signal when nothing answers', async () => {
    const { base } = await serve(() => undefined);
    const signal = AbortSignal.timeout(50);
    await expect(lookHttp({ web, credentials: new Map(), tokens }, { url: base }, [])(signal)).rejects.toThrow(
      'no answer in time',
    );
  });

  it('says that nobody listens', async () => {
    const server = await serve(() => undefined);
    await server.close();
    await expect(lookAt(server.base, [])).rejects.toThrow('connection refused');
  });

  it('says that the member closed the connection', async () => {
    const { base } = await serve((request) => request.socket.destroy());
    await expect(lookAt(base, [])).rejects.toThrow('connection closed by the member');
  });

  it('carries the token of a named credential', async () => {
    const { base, asked } = await serve((_, response) => response.end());
    await lookAt(base, [], new Map([['reader', { kind: 'token', token: 'read-only' }]]), 'reader');
    expect(asked[0]?.headers.authorization).toBe('Bearer read-only');
  });

  it('says which credential is missing or of the wrong kind, before anything is sent', async () => {
    const { base, asked } = await serve((_, response) => response.end());
    const credentials: Credentials = new Map([['user', { kind: 'password', username: 'u', password: 'canary' }]]);
    await expect(lookAt(base, [], credentials, 'reader')).rejects.toThrow('the prober has no credential "reader"');
    await expect(lookAt(base, [], credentials, 'user')).rejects.toThrow(
      '"user" is a password; this look needs oidc or token',
    );
    expect(asked).toHaveLength(0);
  });
});

describe('where a look may go', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[fe80::1]/',
    'http://0.0.0.0:1/',
    'http://0/',
    'http://[::]/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
  ])('never to %s', async (url) => {
    await expect(lookAt(url, [])).rejects.toThrow('where no look may go');
  });

  it('not with credentials in the address', async () => {
    await expect(lookAt('http://user:canary@127.0.0.1:1/', [])).rejects.toThrow('name a credential');
  });

  it('to loopback by a name that says so', async () => {
    const { base } = await serve((_, response) => response.end());
    const url = base.replace('127.0.0.1', 'localhost');
    expect(await lookAt(url, [])).toEqual({ kind: 'observed', values: { status: 200 } });
  });
});
