import {
  asOfPage,
  decisionView,
  explainedAnswer,
  explanation,
  lackingAnswer,
  mutationItem,
  outsideAnswer,
  problemBody,
  sequenceView,
  waitingItem,
  type AsOfPage,
  type MutationItem,
} from '@causeway/console-api';
import * as lab from '@causeway/lab';
import { READ_TOKEN } from '../../spec/console-house';
import { ToldHouse } from '../../spec/told-house';

jest.setTimeout(90_000);

const told = new ToldHouse();
const { story, path, ask } = told;
const { sequence } = story;
let sent = 0;

beforeAll(async () => {
  await told.open(lab);
  story.untilHeld();
  sent = await told.publish();
});
afterAll(() => told.close());

const key = (value: string) => ({ 'idempotency-key': value });

const mutationsPage = asOfPage(mutationItem);
const listed = (body: unknown) =>
  mutationsPage.parse(body).items.map(({ target, class: its, actor }) => [target, its, actor.name]);

describe('while the sequence is held', () => {
  it('tells all mutations with class and actor, newest first, page by page', async () => {
    expect(listed(await ask('/v1/mutations'))).toEqual([
      ['idp', 'undeclared', 'idp-team'],
      ['flags', 'early', 'release-team'],
      ['idp', 'expected', 'causeway'],
    ]);
    const first = mutationsPage.parse(await ask('/v1/mutations?limit=2'));
    expect(first.nextCursor).not.toBeNull();
    expect(listed(await ask(`/v1/mutations?limit=2&cursor=${first.nextCursor}`))).toEqual([
      ['idp', 'expected', 'causeway'],
    ]);
    expect(await ask('/v1/mutations?class=wrong')).toMatchObject({ status: 400, code: 'class-invalid' });
    expect(await ask('/v1/mutations?since=yesterday')).toMatchObject({ status: 400, code: 'since-invalid' });
  });

  it('tells who did it, through what, for which step, and where the ledger says so', async () => {
    const { items, asOf } = mutationsPage.parse(await ask('/v1/mutations?target=flags')) as AsOfPage<MutationItem>;
    expect(items).toMatchObject([
      {
        id: story.flagByHand,
        owner: 'team-edge',
        channel: { token: 'personal', address: '10.0.0.7' },
        match: { sequenceId: sequence.id, step: 'flag' },
        holds: [sequence.id],
        explained: false,
      },
    ]);
    expect(asOf).toBe(String(sent - 1));
    const entry = (await ask(`/v1/ledger/entries/${items[0]?.index}`)) as { eventId: string };
    expect(entry.eventId).toBe(story.flagByHand);
    const classed = (await ask(`/v1/ledger/entries/${items[0]?.classIndex}`)) as { type: string };
    expect(classed.type).toBe('causeway.mutation.classified.v1');
  });

  it('tells only what no plan explains, of a resource, of a class, since a time', async () => {
    expect(listed(await ask('/v1/mutations?unexplained=true'))).toEqual([
      ['idp', 'undeclared', 'idp-team'],
      ['flags', 'early', 'release-team'],
    ]);
    expect(listed(await ask('/v1/mutations?resource=values/other'))).toEqual([['idp', 'undeclared', 'idp-team']]);
    expect(listed(await ask('/v1/mutations?class=early'))).toEqual([['flags', 'early', 'release-team']]);
    expect(listed(await ask(`/v1/mutations?since=${story.at(4.1)}`))).toEqual([['idp', 'undeclared', 'idp-team']]);
    expect(listed(await ask('/v1/mutations?since=1s'))).toEqual([]);
  });

  it('tells how much plans explain, per target and team', async () => {
    const answer = explainedAnswer.parse(await ask('/v1/mutations/explained'));
    expect(
      answer.targets.map(({ target, owner, explained, mutations }) => [target, owner, explained, mutations]),
    ).toEqual([
      ['flags', 'team-edge', 0, 1],
      ['idp', 'team-identity', 1, 2],
    ]);
    expect(answer.owners).toContainEqual({
      owner: 'team-identity',
      mutations: 2,
      explained: 1,
      unclassed: 0,
      ratio: 0.5,
    });
    expect(answer.summary).toBe('Plans explain 1 of 3 mutations (33 %).');
  });

  it.each([
    ['no', 'edge', 0, 4, []],
    ['yes', 'flags', 0, 4.5, []],
    ['yes', 'flags', 3, 5, [['flags', 4.5, 5, 'the history was cut']]],
    [
      'unknown',
      'flags',
      4.5,
      7,
      [
        ['flags', 4.5, 6, 'the history was cut'],
        ['flags', 6, 7, null],
      ],
    ],
    ['unknown', 'edge', -120, 1, [['edge', -120, -60, null]]],
  ])('says %s to: was anything done to %s outside the layer from %d to %d', async (said, target, from, to, holes) => {
    const times = `from=${story.at(from)}&to=${story.at(to)}`;
    const answer = outsideAnswer.parse(await ask(`/v1/mutations/outside?${times}&target=${target}`));
    expect(answer.answer).toBe(said);
    expect(answer.uncovered.map((hole) => [hole.target, hole.from, hole.to, hole.reason])).toEqual(
      holes.map(([name, start, end, reason]) => [name, story.at(start as number), story.at(end as number), reason]),
    );
  });

  it('says no only when every asked target is covered, and asks for all by itself', async () => {
    const times = `from=${story.at(1.5)}&to=${story.at(3.5)}`;
    const all = outsideAnswer.parse(await ask(`/v1/mutations/outside?${times}`));
    expect([all.answer, all.targets]).toEqual(['no', ['edge', 'flags', 'idp']]);
    expect(all.vouched.length).toBe(3);
    expect(all.summary).toBe(
      'No: nothing was done to edge, flags, idp outside the layer between 12:00:01Z and 12:00:03Z, and observers covered all of it.',
    );
    const one = outsideAnswer.parse(await ask(`/v1/mutations/outside?${times}&target=edge&target=other`));
    expect([one.answer, one.uncovered.map(({ target }) => target)]).toEqual(['unknown', ['other']]);
    expect(await ask('/v1/mutations/outside')).toMatchObject({ code: 'from-missing' });
    expect(await ask(`/v1/mutations/outside?from=${story.at(2)}&to=${story.at(1)}`)).toMatchObject({
      code: 'time-empty',
    });
  });

  it('tells what it waits for, since when, and who can do something about it', async () => {
    const { items } = asOfPage(waitingItem).parse(await ask('/v1/waiting'));
    expect(items.map(({ step, who, since, diverged }) => [step, who, since, diverged])).toEqual([
      ['flag', 'team-edge (whoever runs gw-eu-1 of edge)', story.at(3), true],
      ['flag', 'team-edge (whoever runs gw-eu-2 of edge)', story.at(3), true],
      ['flag', 'an operator', story.at(4), true],
      ['flag', 'an operator', story.at(4.5), true],
    ]);
    expect(items.every(({ index }) => index !== null)).toBe(true);
  });

  it('explains the gate: which mutation, whose, and the command to type', async () => {
    const answer = explanation.parse(await ask(`${path}/explain?step=flag`));
    const accepts = `--accept ${story.flagByHand} --accept ${story.otherRole}`;
    expect(answer.nextCheck).toEqual({
      by: 'an operator',
      words: `causeway resume ${sequence.id} ${accepts} --reason "..."`,
    });
    const reasons = answer.because.filter(({ reason }) => reason === 'out-of-sequence');
    expect(reasons.map(({ mutation }) => mutation)).toEqual([story.flagByHand, story.otherRole]);
    expect(reasons[0]?.words).toMatch(/^flags was changed by release-team before its turn \(early\), for step flag/);
    expect(answer.diverged.map(({ mutation }) => mutation)).toEqual([story.flagByHand, story.otherRole]);
    const gateway = explanation.parse(await ask(`${path}/explain?step=gateway`)).gates[0];
    const shown = gateway?.shown[0];
    const entry = (await ask(`/v1/ledger/entries/${shown?.index}`)) as { type: string; step: string };
    expect([shown?.step, entry.type, entry.step]).toEqual(['idp-roles', 'causeway.reading.taken.v1', 'idp-roles']);
  });

  it('shows the sequence as diverged, with what it noticed', async () => {
    const view = sequenceView.parse(await ask(path));
    expect(view).toMatchObject({ status: 'waiting', diverged: true, begun: true, aborting: false });
    expect(view.mutations.map(({ id, holds, accepted }) => [id, holds, accepted])).toEqual([
      [story.flagByHand, true, null],
      [story.otherRole, true, null],
    ]);
  });

  it('names the members that lack a step', async () => {
    const answer = lackingAnswer.parse(await ask(`${path}/steps/gateway/lacking`));
    expect(answer.lacking.map(({ scope, member, view }) => [scope, member, view])).toEqual([
      ['eu-west', 'gw-eu-1', 'lacks'],
      ['eu-west', 'gw-eu-2', 'lacks'],
    ]);
    expect(answer.summary).toBe('2 of 3 members lack gateway: gw-eu-1 (eu-west) and gw-eu-2 (eu-west).');
    expect(await ask(`${path}/steps/nope/lacking`)).toMatchObject({ status: 404, code: 'step-not-found' });
  });

  it('takes a decision once, publishes it, and says what is certainly wrong at once', async () => {
    const decisions = `${path}/decisions`;
    const post = async (body: unknown, headers = key('decision-x'), where = decisions) => {
      const answer = await told.house.postTo(where, body, headers);
      return [answer.status, problemBody.parse(answer.body).code];
    };
    const reason = 'agreed';
    const both = [story.flagByHand, story.otherRole];
    expect(await post({ verb: 'resume', accept: [story.flagByHand], reason })).toEqual([409, 'not-all-accepted']);
    expect(await post({ verb: 'resume', accept: [...both, sequence.id], reason })).toEqual([422, 'unknown-mutation']);
    expect(await post({ verb: 'resume', accept: both })).toEqual([422, 'body-invalid']);
    const nowhere = '/v1/sequences/00000000-0000-8000-8000-000000000000/decisions';
    expect(await post({ verb: 'abort', reason }, key('decision-x'), nowhere)).toEqual([404, 'sequence-not-found']);
    expect((await told.house.postTo(decisions, { verb: 'abort', reason }, key('x'), READ_TOKEN)).status).toBe(403);

    const body = { verb: 'resume', accept: both, reason };
    const first = await told.house.postTo(decisions, body, key('decision-1'));
    const again = await told.house.postTo(decisions, body, key('decision-1'));
    const view = decisionView.parse(first.body);
    expect([first.status, first.headers.get('location'), view.status]).toEqual([202, view.location, 'submitted']);
    expect(again.body).toEqual(first.body);
    expect(await post({ ...body, reason: 'other' }, key('decision-1'))).toEqual([422, 'idempotency-key-reused']);
    await told.house.until('the decision is on its topic', () => told.house.decisions.length > 0);
    expect(told.house.decisions).toMatchObject([
      { id: view.id, source: '/console', subject: sequence.id, data: { ...body, decidedBy: 'team-platform' } },
    ]);
    expect(decisionView.parse(await ask(view.location)).status).toBe('submitted');
  });
});
