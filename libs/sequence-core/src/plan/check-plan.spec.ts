import { plan as planSchema, record, RECORD_TYPE, type FrozenStep, type Problem } from '@causeway/contracts';
import fc from 'fast-check';
import { appStep, planOf, targets } from '../../spec/plans';
import { checkPlan } from './check-plan';

const frozen = (document: unknown): FrozenStep[] => {
  const checked = checkPlan(document, targets);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.steps;
};
const problems = (document: unknown, known: typeof targets | null = targets): Problem[] => {
  const checked = checkPlan(document, known);
  return checked.ok ? [] : checked.problems;
};

describe('a plan that passes is frozen as it will run', () => {
  const steps = frozen(
    planOf([
      { id: 'roles', target: 'idp', change: 'role-mapping@v1', with: { role: 'auditor' } },
      appStep('app', { ready: { within: '90s', consecutive: 3 } }),
      appStep('app-eu', { scopes: ['eu-west'], ready: { rung: 'accepted' } }),
      { id: 'flag', target: 'flags', needs: ['app'], change: 'toggle@v1', with: { flag: 'audit', enabled: true } },
    ]),
  );

  it('what each step needs: as written, else the step before it', () => {
    expect(steps.map(({ needs }) => needs)).toEqual([[], ['roles'], ['app'], ['app']]);
  });

  it('the denominator: every member of every scope, of a step only its own', () => {
    expect(steps[1]?.scopes).toEqual([
      { scope: 'us-east', members: ['shop-us'] },
      { scope: 'eu-west', members: ['shop-eu-1', 'shop-eu-2'] },
    ]);
    expect(steps[2]?.scopes).toEqual([{ scope: 'eu-west', members: ['shop-eu-1', 'shop-eu-2'] }]);
  });

  it('a target that is the same everywhere counts for every scope', () => {
    expect(steps[0]?.scopes).toEqual([{ scope: 'global', members: ['realm'] }]);
  });

  it('expectations with the parameters put in, also in the name of what is observed', () => {
    expect(steps[1]?.show).toEqual({
      probe: 'look',
      freshnessMs: 4_000,
      validForMs: 11_000,
      watched: false,
      expect: [{ observed: 'version', is: 'equals', wanted: '1.1.0' }],
    });
    expect(steps[3]?.show?.expect).toEqual([{ observed: 'flag.audit', is: 'equals', wanted: true }]);
  });

  it('"accepted" needs no look; durations become milliseconds', () => {
    expect(steps[2]).toMatchObject({ show: null, rung: 'accepted' });
    expect(steps[1]).toMatchObject({ withinMs: 90_000, consecutive: 3, executor: 'shop', capability: 'C' });
  });
});

describe('order', () => {
  it('a step that waits for a cycle is not in it', () => {
    const steps = [
      appStep('a', { needs: ['b'] }),
      appStep('b', { needs: ['c'] }),
      appStep('c', { needs: ['d'] }),
      appStep('d', { needs: ['c'] }),
    ];
    expect(problems(planOf(steps))).toMatchObject([
      { code: 'cycle', pointer: '/spec/steps/2/needs', message: 'steps wait for each other: c needs d needs c' },
    ]);
  });

  it('a cycle closed by a default says which step waits without saying so', () => {
    const [cycle] = problems(planOf([appStep('a', { needs: ['b'] }), appStep('b')]));
    expect(cycle?.hint).toContain('Step "b" says no needs');
  });

  it('is checked without knowing any target, and nothing is frozen then', () => {
    expect(checkPlan(planOf([appStep('a'), appStep('b', { target: 'unheard-of' })]), null)).toMatchObject({
      ok: true,
      steps: [],
    });
    expect(problems(planOf([appStep('a', { needs: ['a'] })]), null)).toMatchObject([{ code: 'self-need' }]);
  });

  it('two steps of the same change race unless one comes after the other, however far', () => {
    const far = [appStep('a'), appStep('b', { target: 'flags', change: 'toggle@v1', with: FLAG }), appStep('c')];
    expect(problems(planOf(far))).toEqual([]);
    expect(problems(planOf([appStep('a', { needs: [] }), appStep('b', { needs: [] })]))).toMatchObject([
      { code: 'race', pointer: '/spec/steps/1/needs' },
    ]);
  });

  it('steps in different regions do not race, at a target that is the same everywhere they do', () => {
    const apart = (step: typeof appStep) => [
      step('a', { needs: [], scopes: ['us-east'] }),
      step('b', { needs: [], scopes: ['eu-west'] }),
    ];
    expect(problems(planOf(apart(appStep)))).toEqual([]);
    const role = { target: 'idp', change: 'role-mapping@v1', with: { role: 'auditor' } };
    expect(problems(planOf(apart((id, more) => appStep(id, { ...role, ...more }))))).toMatchObject([{ code: 'race' }]);
  });
});

const FLAG = { flag: 'audit', enabled: true };

describe('regions are never left out silently', () => {
  it('a scope that no step touches is named, with the one that was meant', () => {
    expect(problems(planOf([appStep('a')], ['us-east', 'eu-wset']))).toMatchObject([
      { code: 'unused-scope', pointer: '/spec/scopes/1', hint: 'Did you mean "eu-west"?' },
    ]);
  });

  it('where all targets are the same everywhere scopes are only names', () => {
    const role = { target: 'idp', change: 'role-mapping@v1', with: { role: 'auditor' } };
    expect(problems(planOf([appStep('a', role)], ['anywhere']))).toEqual([]);
  });
});

describe('whatever the plan is, the check answers', () => {
  const mutated = fc
    .tuple(fc.array(fc.nat(12), { minLength: 1, maxLength: 7 }), fc.jsonValue({ maxDepth: 3 }), fc.boolean())
    .map(([way, value, remove]) => changedAt(JSON.parse(JSON.stringify(GOOD)) as object, way, value, remove));

  it('for any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => checkPlan(value, targets).ok === false));
  });

  it('for a good plan with something changed anywhere; what it lets pass has the right form and loses no step', () => {
    fc.assert(
      fc.property(mutated, (document) => {
        const checked = checkPlan(document, targets);
        if (!checked.ok) return checked.problems.length > 0;
        return planSchema.safeParse(document).success && checked.steps.length === checked.plan.spec.steps.length;
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a function', () => 1],
    ['a value that holds itself', holdsItself()],
    ['lists in lists, 100,000 deep', nested(100_000)],
    ['lists in lists among the parameters', planOf([appStep('a', { with: { version: nested(100_000) as string } })])],
    ['half of a character', { ...planOf([appStep('a')]), metadata: { name: 'p', owner: 'o', reason: '\ud800' } }],
    ['a character that no database keeps', planOf([appStep('a', { with: { version: '1\u0000' } })])],
    ['a number that is not exact', planOf([appStep('a', { with: { version: 2 ** 60 } })])],
  ])('for %s', (_name, document) => {
    expect(problems(document).length).toBeGreaterThan(0);
  });
});

describe('a refusal can be written down, whatever was refused', () => {
  const LONG = 'x'.repeat(55);
  const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

  it.each<[string, unknown]>([
    [
      'one cycle of 200 steps with long names',
      planOf(many(200, (i) => appStep(LONG + i, { needs: [LONG + ((i + 1) % 200)] }))),
    ],
    ['a very long key', { ...planOf([appStep('a')]), ['k'.repeat(9_000)]: 1 }],
    [
      'many long keys',
      { ...planOf([appStep('a')]), ...Object.fromEntries(many(250, (i) => [`k${i}`.padEnd(900, '\u0001'), 1])) },
    ],
    [
      '64 scopes that nobody has',
      planOf(
        [appStep('a')],
        many(64, (i) => LONG + i),
      ),
    ],
    [
      'needs of nobody, thousands',
      planOf(many(200, (i) => appStep(`step-${i}`, { needs: many(40, (j) => `stop-${i}-${j}`) }))),
    ],
  ])('%s', (_name, document) => {
    const found = problems(document);
    const at = '2026-01-31T12:00:00.000Z';
    const refusal = {
      kind: 'intent-rejected',
      key: 'k',
      publisher: 'console',
      planDigest: 'a'.repeat(64),
      code: 'plan-refused',
    };
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const message = {
      id,
      type: RECORD_TYPE,
      source: '/sequencer',
      subject: id,
      time: at,
      correlationId: id,
      causationIds: [],
      data: { sequenceId: id, epoch: 1, version: 1, records: [{ ...refusal, problems: found, at }] },
    };
    expect(record.safeParse(message).error).toBeUndefined();
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(256 * 1024);
  });
});

it('200 steps that all need each other are judged in about the time that reading them takes', () => {
  const steps = Array.from({ length: 200 }, (_, i) =>
    appStep(`s${i}`, { needs: Array.from({ length: i }, (_none, j) => `s${j}`) }),
  );
  const document = planOf(steps);
  const fastest = (run: () => void): number => Math.min(...Array.from({ length: 10 }, () => timed(run)));
  expect(fastest(() => checkPlan(document, targets))).toBeLessThan(20 * fastest(() => planSchema.parse(document)));
});

function timed(run: () => void): number {
  const started = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - started) / 1e6;
}

const GOOD = planOf([
  { id: 'roles', target: 'idp', change: 'role-mapping@v1', with: { role: 'auditor' } },
  appStep('app', { ready: { rung: 'effective', within: '5m' } }),
  { id: 'flag', target: 'flags', needs: ['app'], change: 'toggle@v1', with: FLAG, scopes: ['us-east', 'eu-west'] },
]);

/** Follows a way through a document (any number picks a key), then replaces or removes what is there. */
function changedAt(document: object, way: readonly number[], value: unknown, remove: boolean): unknown {
  let at = document as Record<string, unknown>;
  for (const [depth, pick] of way.entries()) {
    const keys = Object.keys(at);
    const key = keys[pick % Math.max(1, keys.length)];
    if (key === undefined) return document;
    const inner = at[key];
    if (depth < way.length - 1 && typeof inner === 'object' && inner !== null) at = inner as Record<string, unknown>;
    else {
      if (remove) delete at[key];
      else at[key] = value;
      return document;
    }
  }
  return document;
}

function nested(levels: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

function holdsItself(): unknown {
  const value: Record<string, unknown> = {};
  value.inner = value;
  return value;
}
