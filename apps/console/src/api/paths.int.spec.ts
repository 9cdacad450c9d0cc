import {
  asOfPage,
  decisionView,
  effectiveAnswer,
  evidence,
  explanation,
  exposureAnswer,
  pathAnswer,
  pathDiffAnswer,
  problemBody,
  sequenceView,
  upstreamAnswer,
  waitingItem,
} from '@causeway/console-api';
import * as lab from '@causeway/lab';
import { leafHash, openCheckpoint, parseVerifierKey, verifyInclusion } from '@causeway/ledger-core';
import { sha256, verifyBytes } from '@causeway/signing';
import { ToldHouse } from '../../spec/told-house';

jest.setTimeout(90_000);

const told = new ToldHouse();
const { story, path, ask } = told;
const { ledger } = story;
let sent = 0;

beforeAll(async () => {
  await told.open(lab);
  story.untilHeld().untilFollowed().untilCompleted();
  sent = await told.publish();
});
afterAll(() => told.close());

const key = (value: string) => ({ 'idempotency-key': value });

describe('after an operator let it go on', () => {
  it('is completed and stays diverged; the decision was taken', async () => {
    const view = sequenceView.parse(await ask(path));
    expect(view).toMatchObject({ status: 'completed', diverged: true });
    expect(view.mutations[0]?.accepted).toMatchObject({ by: 'on-call', reason: 'agreed with release-team' });
    const answer = explanation.parse(await ask(`${path}/explain`));
    expect(answer.summary).toContain('and diverged');
    expect(answer.diverged[0]?.words).toContain('accepted by on-call: agreed with release-team');
    const { items } = (await ask(`${path}/history?limit=500`)) as { items: { eventId: string; type: string }[] };
    const made = items.find(({ type }) => type === 'causeway.decision.made.v1');
    const decision = decisionView.parse(await ask(`${path}/decisions/${made?.eventId}`));
    expect(decision).toMatchObject({ status: 'taken', verb: 'resume', decidedBy: 'on-call', problem: null });
    const late = await told.house.postTo(`${path}/decisions`, { verb: 'abort', reason: 'x' }, key('late'));
    expect([late.status, problemBody.parse(late.body).code]).toEqual([409, 'sequence-over']);
  });

  it('tells the two paths and who made each step effective', async () => {
    const west = pathAnswer.parse(await ask(`${path}/paths/eu-west`));
    expect(west.steps.map(({ step, madeBy }) => [step, madeBy.kind, madeBy.actor])).toEqual([
      ['idp-roles', 'executor', null],
      ['flag', 'other', 'release-team'],
      ['gateway', 'executor', null],
    ]);
    expect(west.planned).toEqual(['idp-roles', 'gateway', 'flag']);
    expect(west.divergences.map(({ earlier, later }) => [earlier, later])).toEqual([['gateway', 'flag']]);
    expect(west.summary).toBe('eu-west: idp-roles -> flag -> gateway, not as planned: flag came before gateway.');
    const east = pathAnswer.parse(await ask(`${path}/paths/us-east`));
    expect(east.summary).toBe('us-east: idp-roles -> gateway -> flag, as planned.');
    expect(await ask(`${path}/paths/ap-south`)).toMatchObject({ status: 404, code: 'scope-not-found' });
  });

  it('tells the first difference of two paths in words', async () => {
    const answer = pathDiffAnswer.parse(await ask(`${path}/paths/eu-west/diff/us-east`));
    expect(answer.firstDifference).toBe(2);
    expect(answer.summary).toBe(
      'eu-west differs from us-east at position 2: us-east gateway -> flag; eu-west flag -> gateway. ' +
        'Flag was effective in eu-west for 4.2 s (+-400 ms) while gw-eu-1 and gw-eu-2 did not show gateway; ' +
        'it was made so by release-team (token personal, from 10.0.0.7) at 12:00:04Z.',
    );
    const same = pathDiffAnswer.parse(await ask(`${path}/paths/eu-west/diff/eu-west`));
    expect([same.firstDifference, same.differences]).toEqual([null, []]);
  });

  it('tells the exposure window with its bounds, and none where none was seen', async () => {
    const { windows } = exposureAnswer.parse(await ask(`${path}/exposure`));
    expect(windows).toMatchObject([
      {
        ...{ scope: 'eu-west', earlier: 'gateway', later: 'flag', direct: true },
        from: { notBefore: story.at(3.8), seenAt: story.at(4.2) },
        to: { notBefore: story.at(8), seenAt: story.at(8.3) },
        certaintyMs: 400,
        membersLacking: ['gw-eu-1', 'gw-eu-2'],
      },
    ]);
    const entry = (await ask(`/v1/ledger/entries/${windows[0]?.fromIndex}`)) as { type: string };
    expect(entry.type).toBe('causeway.sighting.made.v1');
  });

  it('tells what was effective at a time, and what was believed', async () => {
    const then = effectiveAnswer.parse(await ask(`${path}/effective?scope=eu-west&at=${story.at(6)}`));
    expect(then.steps.map(({ step, effective, believed }) => [step, effective, believed?.ready ?? false])).toEqual([
      ['idp-roles', 'yes', true],
      ['gateway', 'no', false],
      ['flag', 'yes', false],
    ]);
    expect(then.summary).toBe(
      'In eu-west at 12:00:06Z: effective idp-roles and flag; not effective gateway. By then the records said ready: idp-roles.',
    );
    expect(await ask(`${path}/effective`)).toMatchObject({ status: 400, code: 'scope-missing' });
  });

  it('tells what changed upstream of a target in effective order', async () => {
    const times = `since=${story.at(0)}&until=${story.at(20)}`;
    const answer = upstreamAnswer.parse(await ask(`/v1/targets/flags/upstream?${times}`));
    expect(answer.upstream).toEqual(['edge', 'idp']);
    expect(answer.items.map(({ what, target, scope, explained }) => [what, target, scope, explained])).toEqual([
      ['effective', 'idp', 'global', true],
      ['effective', 'edge', 'us-east', true],
      ['mutation', 'idp', null, false],
      ['effective', 'edge', 'eu-west', true],
    ]);
    expect(answer.summary).toContain('4 changes upstream of flags (edge, idp)');
    expect(answer.summary).toContain('1 of them not explained by a plan');
    const nothing = upstreamAnswer.parse(await ask(`/v1/targets/idp/upstream?${times}`));
    expect([nothing.items, nothing.upstream]).toEqual([[], []]);
  });

  it('has nothing open any more', async () => {
    expect(asOfPage(waitingItem).parse(await ask('/v1/waiting')).items).toEqual([]);
  });

  it('proves every entry that an answer names, against one signed checkpoint', async () => {
    const { windows } = exposureAnswer.parse(await ask(`${path}/exposure`));
    const indices = [windows[0]?.fromIndex, windows[0]?.toIndex, '0'];
    const proofs = evidence.parse(await ask(`/v1/ledger/evidence?indices=${indices.join(',')}`));
    expect(proofs.entries.map(({ index }) => index).sort()).toEqual([...indices].sort());
    const vkey = parseVerifierKey(sha256, ledger.ledgerKey);
    const opened = vkey && openCheckpoint({ sha256, verifyEd25519: verifyBytes }, proofs.checkpoint, vkey);
    if (!opened?.ok) throw new Error('the checkpoint is not signed by the ledger');
    for (const { index, leaf, proof } of proofs.entries) {
      expect(leaf).toBe(ledger.entries[Number(index)]);
      const claim = { index: Number(index), size: Number(proofs.size), leafHash: leafHash(sha256, Buffer.from(leaf)) };
      const hashes = proof.map((text) => Buffer.from(text, 'base64'));
      expect(verifyInclusion(sha256, { ...claim, root: opened.tree.root, proof: hashes })).toEqual({ ok: true });
    }
    expect(await ask('/v1/ledger/evidence?indices=0,999999')).toMatchObject({ code: 'entry-not-published' });
    expect(await ask('/v1/ledger/evidence')).toMatchObject({ code: 'indices-invalid' });
  });

  it('answers each question in less than 100 ms', async () => {
    const questions = [
      '/v1/mutations?unexplained=true&since=1h',
      '/v1/mutations/explained',
      `/v1/mutations/outside?from=${story.at(0)}&to=${story.at(4)}`,
      '/v1/waiting',
      `/v1/targets/flags/upstream?since=${story.at(0)}`,
      ...['paths/eu-west', 'paths/eu-west/diff/us-east', 'exposure', 'explain', 'steps/gateway/lacking'].map(
        (question) => `${path}/${question}`,
      ),
      `${path}/effective?scope=eu-west&at=${story.at(6)}`,
    ];
    for (const question of questions) {
      const times: number[] = [];
      for (let round = 0; round < 5; round++) {
        const begun = performance.now();
        await ask(question);
        times.push(performance.now() - begun);
      }
      // The quickest of five: a slow one says something about the machine, not about the question.
      expect([question, Math.min(...times) < 100]).toEqual([question, true]);
    }
  });

  it('answers the same after the projection was made again from the topic', async () => {
    const look = async (): Promise<unknown[]> =>
      Promise.all(
        ['/v1/mutations', '/v1/mutations/explained', `${path}/exposure`, `${path}/paths/eu-west`].map((one) =>
          ask(one),
        ),
      );
    const before = await look();
    await told.house.stop();
    await told.house.start({ CONSOLE_REBUILD: 'yes' });
    await told.house.projected(sent);
    expect(await look()).toEqual(before);
  });
});
