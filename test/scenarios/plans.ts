import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanDocument } from '@causeway/contracts';

const AUDITOR_POLICY = readFileSync(join('examples', 'auditor-role', 'policies', 'auditor.json'), 'utf8');
type JsonObject = Record<string, never>;

type Step = PlanDocument['spec']['steps'][number];

/** The plan of the post, as it stands in examples/. */
export const AUDITOR_PLAN = join('examples', 'auditor-role', 'plan.yaml');
export const FLAG = 'new-authorization';

/** Steps of a sequence, each after the one before it. */
export const planOf = (name: string, ...steps: Step[]): PlanDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'EvolutionPlan',
  metadata: { name, owner: 'team-identity', reason: `scenario ${name}` },
  spec: { scopes: ['us-east', 'eu-west'], steps },
});

export const roleStep = (role = 'policy-reader', id = 'idp-roles'): Step => ({
  id,
  target: 'idp',
  change: 'role-mapping@v1',
  with: { group: 'auditors', role },
});

export const deployStep = (version = '1.1.0'): Step => ({
  id: 'app',
  target: 'shop',
  change: 'deploy@v1',
  with: { version },
});

/** The example's policy under a name: the gateways answer with it in X-Policy, so each name is a policy of its own. */
export const policyStep = (policy: string): Step => ({
  id: 'gateway',
  target: 'edge',
  change: 'policy@v1',
  with: { policy, document: JSON.parse(AUDITOR_POLICY.replaceAll('"auditor"', `"${policy}"`)) as JsonObject },
});

export const flagStep = (flag: string, enabled: boolean, id = 'flag'): Step => ({
  id,
  target: 'flags',
  change: 'toggle@v1',
  with: { flag, enabled },
});
