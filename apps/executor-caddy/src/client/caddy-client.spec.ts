import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CaddyClient, type Scene } from './caddy-client';

/** What the control plane does at a change: it takes the first request of each method and hangs up. */
let asked: string[];
let server: Server;
let client: CaddyClient;
const scene = (): Scene => ({ attemptId: 'a', signal: new AbortController().signal });

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.method ?? '');
    if (asked.filter((one) => one === request.method).length === 1) return request.socket.end();
    return response.setHeader('etag', '"/id/edge 1"').end('{"@id":"edge","handle":[]}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  client = new CaddyClient({
    adminUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    policyId: 'edge',
  });
});
afterEach(() => new Promise((closed) => server.close(closed)));

it('asks again when a look was hung up on', async () => {
  await expect(client.policy(scene())).resolves.toMatchObject({ document: { handle: [] } });
  expect(asked).toEqual(['GET', 'GET']);
});

it('never repeats a write that was hung up on: it may have been taken', async () => {
  await expect(client.replace(scene(), {}, '"t"')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  expect(asked).toEqual(['PATCH']);
});
