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
  /** host:port to listen on, and the address under which gateways reach it. */
  readonly listen: string;
  readonly url: string;
  /** host:port of the admin address to listen on, and under which the control plane reaches its own. */
  readonly adminListen: string;
  readonly adminDial: string;
  /** host:port pairs that admin requests may name as their origin, when it is not `adminListen`. */
  readonly adminOrigins?: readonly string[];
  readonly policy: JsonObject;
  /** How often each region's gateways ask, in seconds. */
  readonly delaySeconds: Readonly<Record<string, number>>;
}

export function controlPlaneDocument(shape: ControlPlaneShape): JsonObject {
  const edges = Object.keys(shape.delaySeconds).map((region) => edgeRoute(shape, region));
  const routes = [...edges, policyRoute(shape.adminDial), previewRoute(shape.policy)];
  const { adminOrigins: origins } = shape;
  return {
    admin: { listen: shape.adminListen, ...(origins ? { origins } : {}) },
    apps: { http: { servers: { control: server(shape.listen, routes) } } },
  };
}

/** A gateway's whole configuration, as `GET /edge/<region>` answers it. */
export function gatewayDocument({ url, delaySeconds }: ControlPlaneShape, region: string, policy: unknown): JsonObject {
  const load = { module: 'http', url: `${url}/edge/${region}` };
  return {
    admin: { listen: '{env.GATEWAY_ADMIN}', config: { load_delay: `${delaySeconds[region]}s`, load } },
    apps: { http: { servers: { gateway: server('{env.GATEWAY_LISTEN}', [{ handle: [policy] }]) } } },
  };
}

const server = (listen: string, routes: readonly unknown[]): JsonObject => ({
  listen: [listen],
  automatic_https: { disable: true },
  routes,
});

const POLICY_MARK = 'the policy';

function edgeRoute(shape: ControlPlaneShape, region: string): JsonObject {
  const body = JSON.stringify(gatewayDocument(shape, region, POLICY_MARK))
    // The gateway has to see these placeholders: the control plane must not fill them in.
    .replaceAll(/\{(env\.[A-Z_]+)\}/g, '\\{$1\\}')
    .replace(`"${POLICY_MARK}"`, '{{httpInclude "/policy"}}');
  const json = { 'Content-Type': ['application/json'] };
  return route(`/edge/${region}`, [
    { handler: 'templates', mime_types: ['application/json'] },
    { handler: 'static_response', headers: json, body },
  ]);
}

/** Lets the template read the policy where it is kept: in the configuration, behind the admin address. */
const policyRoute = (adminDial: string): JsonObject =>
  route('/policy', [
    { handler: 'rewrite', uri: `/id/${POLICY_ID}` },
    {
      handler: 'reverse_proxy',
      headers: { request: { set: { Host: ['{http.reverse_proxy.upstream.hostport}'] } } },
      upstreams: [{ dial: adminDial }],
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
