import {
  actOne,
  actThree,
  actTwo,
  closeTheBooks,
  govern,
  putBack,
  restoreOldState,
  setStage,
  type Books,
  type Played,
  type Stage,
} from '@causeway/lab';

/** The incident of the post, as the demo plays it: nobody governs, governed, governed with people who go around it. */
jest.setTimeout(300_000);

let stage: Stage;
let ungoverned: Played;
let governed: Played;
let around: Played;
let books: Books;

beforeAll(async () => {
  const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
  const open = await setStage({ say, durable: false, euWestDelaySeconds: 14 });
  stage = open;
  ungoverned = await actOne(open.lab);
  await restoreOldState(open.lab);
  const world = await govern(open, { say });
  governed = await actTwo(world);
  await putBack(world);
  around = await actThree(world);
  books = await closeTheBooks(world, [governed, around]);
});
afterAll(() => stage?.stop());

const failed = ({ picture }: Played): string[] => picture.checks.flatMap(({ what, held }) => (held ? [] : [what]));
const deniedIn = ({ picture }: Played, region: string): number =>
  picture.users.find((users) => users.region === region)?.deniedAt.length ?? NaN;

it('nobody governs: users of eu-west are denied, and at the end the regions match in all four systems', () => {
  expect(failed(ungoverned)).toEqual([]);
  expect(deniedIn(ungoverned, 'eu-west')).toBeGreaterThan(0);
  for (const { values } of ungoverned.picture.snapshot) expect(new Set(values).size).toBe(1);
});

describe('governed', () => {
  it('no user of either region meets a 403, and all that must hold does', () => {
    expect(failed(governed)).toEqual([]);
    for (const { servedAt, deniedAt } of governed.picture.users) {
      expect(servedAt.length).toBeGreaterThanOrEqual(200);
      expect(deniedAt).toEqual([]);
    }
  });

  it("the flag waits for eu-west's gateways by name, and no window is reported", () => {
    const { holds, exposureWindows, divergences, mutations } = governed.facts;
    const flag = holds.find(({ step }) => step === 'flag')?.reasons ?? [];
    expect([...new Set(flag.map(({ scope, member }) => `${scope}/${member}`))]).toEqual(
      expect.arrayContaining(['eu-west/gw-eu-1', 'eu-west/gw-eu-2']),
    );
    expect([exposureWindows, divergences]).toEqual([[], []]);
    expect([...new Set(mutations.map((one) => one.class))]).toEqual(['expected']);
  });
});

describe('people go around it', () => {
  it('the role given early and the flag set by hand are early, with who did it; nobody else is blamed', () => {
    expect(failed(around)).toEqual([]);
    const foreign = around.facts.mutations.filter((one) => one.class !== 'expected');
    expect(foreign).toMatchObject([
      { target: 'idp', step: 'idp-roles', class: 'early', actor: 'service-account-idp-team' },
      { target: 'flags', step: 'flag', class: 'early', actor: 'release-team@example.com' },
    ]);
    expect(foreign[0]?.channel).toContain('client idp-team');
  });

  it('every 403 of eu-west lies in the one window that the ledger reports, and us-east has neither', () => {
    const denied = deniedIn(around, 'eu-west');
    expect(denied).toBeGreaterThan(0);
    expect(deniedIn(around, 'us-east')).toBe(0);
    expect(around.facts.exposureWindows).toMatchObject([
      { scope: 'eu-west', earlier: 'gateway', later: 'flag', deniedInside: denied, deniedOutside: 0 },
    ]);
  });

  it('the regions end the same, and the ledger tells that they went different ways', () => {
    expect(around.facts.outcome).toBe('completed');
    expect(around.facts.divergences).toMatchObject([
      { kind: 'plan', scope: 'eu-west', earlier: 'gateway', later: 'flag' },
      { kind: 'scopes', left: 'us-east', right: 'eu-west', place: 3 },
    ]);
  });
});

it('in the end all is accounted for, the export verifies offline, and the looks in it show just these windows', () => {
  expect(books.held).toBe(true);
});
