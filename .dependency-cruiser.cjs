/**
 * The doors: which room may import which. A whitelist; an import that no rule allows is an error.
 * A lib is entered through its index.ts only. Specs may also use the testing packages, the lab and the testkit.
 */
/** Specs, and the samples that only specs use (a room's spec/ folder). */
const SPEC = '\\.spec\\.ts$|^(apps|libs)/[^/]+/spec/';
const lib = (...names) => names.map((name) => `^libs/${name}/src/index\\.ts$`);
const npm = (...names) => names.map((name) => `^node_modules/${name}(/|$)`);
const NEST = npm('@nestjs/[^/]+', 'reflect-metadata', 'rxjs', 'express', '@types/express');

/** Room -> what its production code may import besides itself. */
const rooms = {
  'libs/contracts': [...npm('zod')],
  'libs/sequence-core': [...lib('contracts')],
  'libs/ledger-core': [...lib('contracts')],
  'libs/signing': [...lib('contracts'), ...npm('zod'), 'node:'],
  'libs/plan-file': [...lib('contracts', 'sequence-core', 'ledger-core', 'signing'), ...npm('yaml', 'zod'), 'node:'],
  'libs/executor-sdk': [...lib('contracts')],
  'libs/console-api': [...lib('contracts'), ...npm('zod')],
  'libs/self-check': [...npm('zod'), 'node:'],
  'libs/service': [
    ...lib('contracts', 'messaging', 'persistence', 'host', 'signing', 'self-check'),
    ...NEST,
    ...npm('zod'),
    'node:',
  ],
  'libs/executor-conformance': [...lib('contracts', 'executor-sdk'), ...npm('fast-check')],
  'libs/messaging': [
    ...lib('contracts', 'signing', 'self-check'),
    ...npm('kafkajs', '@nestjs/common', '@nestjs/microservices', 'rxjs'),
    'node:',
  ],
  'libs/persistence': [
    ...lib('messaging', 'self-check'),
    ...npm('typeorm', 'pg', 'pg-types', '@types/pg', '@nestjs/common'),
    'node:',
  ],
  'libs/host': [
    ...lib('self-check'),
    ...NEST,
    ...npm('zod', 'pino', 'pino-http', 'nestjs-pino', 'prom-client', '@opentelemetry/[^/]+'),
    'node:',
  ],
  'libs/executor-host': [
    ...lib('contracts', 'executor-sdk', 'messaging', 'persistence', 'host', 'signing', 'service', 'self-check'),
    ...NEST,
    ...npm('zod', 'undici', 'prom-client'),
    'node:',
  ],
};
const appBase = [
  ...lib('contracts', 'messaging', 'persistence', 'host', 'signing', 'service', 'self-check'),
  ...NEST,
  ...npm('zod', 'prom-client'),
  'node:',
];
const apps = {
  'apps/sequencer': [...appBase, ...lib('sequence-core', 'ledger-core', 'plan-file')],
  'apps/readiness-prober': [...appBase, ...lib('sequence-core', 'plan-file'), ...npm('undici')],
  'apps/ledger': [...appBase, ...lib('ledger-core')],
  'apps/console': [...appBase, ...lib('console-api', 'sequence-core', 'ledger-core', 'plan-file')],
  'apps/cli': [
    ...lib('contracts', 'sequence-core', 'ledger-core', 'signing', 'plan-file', 'console-api', 'self-check'),
    ...npm('commander', 'picocolors', 'eventsource-parser', 'undici', 'yaml', 'zod'),
    'node:',
  ],
  ...Object.fromEntries(
    ['keycloak', 'tomcat', 'caddy', 'unleash'].map((name) => [
      `apps/executor-${name}`,
      [...lib('contracts', 'executor-sdk', 'executor-host', 'host'), ...npm('undici', 'zod'), 'node:'],
    ]),
  ),
};

const NODE_BUILTIN = { dependencyTypes: ['core'] };
const allowedFor = ([room, targets]) => {
  const paths = targets.filter((target) => target !== 'node:');
  const from = { path: `^${room}/`, pathNot: SPEC };
  const rules = [{ from, to: { path: [`^${room}/`, ...paths] } }];
  return targets.includes('node:') ? [...rules, { from, to: NODE_BUILTIN }] : rules;
};

const TEST_ROOMS = ['^lab/', '^test/', '^bench/', SPEC];

module.exports = {
  forbidden: [
    {
      name: 'no-circular-between-files',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'cores-stay-pure',
      comment: 'A core reaches no Node built-in, no Nest, no database and no broker, not even through others.',
      severity: 'error',
      from: { path: '^libs/(sequence-core|ledger-core)/', pathNot: SPEC },
      to: {
        path: '^node_modules/(@nestjs|typeorm|pg|kafkajs)(/|$)|^(node:)?(fs|crypto|net|http|os|path|child_process)$',
        reachable: true,
      },
    },
    {
      name: 'kafkajs-lives-in-messaging',
      severity: 'error',
      from: { pathNot: ['^libs/messaging/', '^node_modules/', '^test/chaos/faults/', SPEC] },
      to: { path: '^node_modules/kafkajs(/|$)' },
    },
    {
      name: 'nobody-imports-a-module-file',
      severity: 'error',
      from: { pathNot: ['/main\\.ts$', ...TEST_ROOMS] },
      to: { path: '^apps/.*\\.module\\.ts$' },
    },
    {
      name: 'apps-do-not-know-each-other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: SPEC },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
  ],
  allowed: [
    ...Object.entries({ ...rooms, ...apps }).flatMap(allowedFor),
    { from: { path: TEST_ROOMS }, to: {} },
    { from: { path: '^libs/testkit/' }, to: {} },
    { from: { path: '^apps/[^/]+/generate/' }, to: {} },
  ],
  allowedSeverity: 'error',
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules/.cache)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
