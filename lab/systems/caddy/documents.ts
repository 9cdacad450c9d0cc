/**
 * What Caddy is told, as data. One policy, any number of regions:
 *
 * 1. The policy is one object with an `@id` in the control plane's own configuration, a subroute handler without anything of a
 *    region in it. It runs there under /preview/, so Caddy checks it at every write and refuses a bad one.
 * 2. `GET /edge/<region>` at the control plane is a gateway's whole configuration, with the policy put in by Caddy's own
 *    templates at the moment of asking. It holds the loader stanza too, else the gateway would stop pulling.
 * 3. What differs between gateways (name, addresses, the region's application) each process has in its environment.
 */

export type JsonObject = { readonly [key: string]: unknown };

/** The `@id` of the policy: `GET` and `PATCH /id/edge-policy` at the control plane's admin address. */
export const POLICY_ID = 'edge-policy';

export interface ControlPlaneShape {
  readonly port: number;
  readonly adminPort: number;
  readonly policy: JsonObject;
  /** How often each region's gateways ask, in seconds. */
  readonly delaySeconds: Readonly<Record<string, number>>;
}

export function controlPlaneDocument(shape: ControlPlaneShape): JsonObject {
  const edges = Object.entries(shape.delaySeconds).map(([region, seconds]) => edgeRoute(shape, region, seconds));
  const routes = [...edges, policyRoute(shape.adminPort), previewRoute(shape.policy)];
  return {
    admin: { listen: `127.0.0.1:${shape.adminPort}` },
    apps: { http: { servers: { control: server(`127.0.0.1:${shape.port}`, routes) } } },
  };
}

const server = (listen: string, routes: readonly unknown[]): JsonObject => ({
  listen: [listen],
  automatic_https: { disable: true },
  routes,
});

const POLICY_MARK = '"the policy"';

function edgeRoute({ port }: ControlPlaneShape, region: string, seconds: number): JsonObject {
  const load = { module: 'http', url: `http://127.0.0.1:${port}/edge/${region}` };
  const document = {
    admin: { listen: '{env.GATEWAY_ADMIN}', config: { load_delay: `${seconds}s`, load } },
    apps: { http: { servers: { gateway: server('{env.GATEWAY_LISTEN}', [{ handle: [JSON.parse(POLICY_MARK)] }]) } } },
  };
  const body = JSON.stringify(document)
    // The gateway has to see these placeholders: the control plane must not fill them in.
    .replaceAll(/\{(env\.[A-Z_]+)\}/g, '\\{$1\\}')
    .replace(POLICY_MARK, '{{httpInclude "/policy"}}');
  const json = { 'Content-Type': ['application/json'] };
  return route(`/edge/${region}`, [
    { handler: 'templates', mime_types: ['application/json'] },
    { handler: 'static_response', headers: json, body },
  ]);
}

/** Lets the template read the policy where it is kept: in the configuration, behind the admin address. */
const policyRoute = (adminPort: number): JsonObject =>
  route('/policy', [
    { handler: 'rewrite', uri: `/id/${POLICY_ID}` },
    {
      handler: 'reverse_proxy',
      headers: { request: { set: { Host: ['{http.reverse_proxy.upstream.hostport}'] } } },
      upstreams: [{ dial: `127.0.0.1:${adminPort}` }],
    },
  ]);

const previewRoute = (policy: JsonObject): JsonObject =>
  route('/preview/*', [
    { handler: 'rewrite', strip_path_prefix: '/preview' },
    { '@id': POLICY_ID, ...policy },
  ]);

const route = (path: string, handle: readonly unknown[]): JsonObject => ({
  match: [{ path: [path] }],
  handle,
  terminal: true,
});
