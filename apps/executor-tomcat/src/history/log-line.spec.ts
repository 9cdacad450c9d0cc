import { managerRequestOf } from './log-line';

const line = (asked: string, more: { user?: string; status?: number; change?: string } = {}): string =>
  `2026-03-01T03:00:00.000Z 2026-03-01T03:00:00.250Z 10.0.0.7 "${more.user ?? 'shop-team'}" ${more.status ?? 200} 57 ` +
  `"${asked} HTTP/1.1" change="${more.change ?? '-'}" agent="curl/8.1"`;
const read = (text: string) => managerRequestOf('1/0/ab', text, 'shop');

it('reads who asked for what, when, and how it was answered', () => {
  expect(read(line('PUT /manager/text/deploy?path=%2Fshop&version=1.1.0', { change: 's/app/1' }))).toEqual({
    ...{ id: '1/0/ab', command: 'deploy', version: '1.1.0', replaces: false },
    ...{ begunAt: Date.UTC(2026, 2, 1, 3), endedAt: Date.UTC(2026, 2, 1, 3, 0, 0, 250) },
    ...{ user: 'shop-team', address: '10.0.0.7', agent: 'curl/8.1', attempt: 's/app/1', status: 200, bytes: 57 },
  });
});

it.each([
  ['GET /manager/text/undeploy?path=/shop&version=1.1.0', 'undeploy 1.1.0'],
  ['POST /manager/html/stop?path=/shop&version=1.1.0&nonce=1', 'stop 1.1.0'],
  ['GET /manager/text/start?path=/shop', 'start '],
  ['GET /manager/text/deploy?war=file:/tmp/shop%23%231.2.0.war', 'deploy 1.2.0'],
  ['PUT /manager/text/deploy?path=/shop&version=1.1.0&update=true', 'deploy 1.1.0 again'],
])('understands %s', (asked, meant) => {
  const request = read(line(asked));
  expect(`${request?.command} ${request?.version}${request?.replaces ? ' again' : ''}`).toBe(meant);
});

it.each([
  'GET /manager/text/list',
  'GET /manager/text/reload?path=/shop&version=1.1.0',
  'PUT /manager/text/deploy?path=/other&version=1.1.0',
  'GET /shop/manager/text/deploy?path=/shop',
  'GET http://[broken/manager/text/deploy',
])('is not concerned with %s', (asked) => {
  expect(read(line(asked))).toBeNull();
});

it('is not taken in by quotes that a stranger sends', () => {
  const forged = line('GET /manager/text/stop?path=/shop&version=1', { change: 'x\\" agent=\\"y' });
  expect(read(forged)).toMatchObject({ attempt: 'x" agent="y', agent: 'curl/8.1' });
});

it.each(['', 'half a li', '2026-03-01T03:00:00.000Z shop-team 200 "GET / HTTP/1.1" change=-', line('x').slice(0, -3)])(
  'says so when a line is in another pattern: %s',
  (text) => {
    expect(() => read(text)).toThrow('not in the pattern');
  },
);
