/**
 * Whether an observer keeps the contract of executor-sdk, asked of the real target. What each case shows:
 *
 * 1. nothing that was before its beginning is told, and nothing while nothing happens
 * 2. ours and those of others are told apart, and each comes once, also when both come at the same time
 * 3. the cursor is plain JSON, and another observer goes on from it: nothing is missed, nothing comes under another id
 * 4. a sweep that was broken off, or whose result was lost, is made again and brings the same
 * 5. mutations are of the language, and no credential comes out
 * 6. a cursor that it does not understand is lost, so that the host begins anew and states a gap, instead of failing for ever
 */
import { mutationData } from '@causeway/contracts';
import { CursorLost, type Observer, type SeenMutation } from '@causeway/executor-sdk';
import { must, mustHoldNoSecret } from './expectations';
import type { ConformanceCase } from './fixture';
import { Follower } from './follower';

/** What the suite needs to know of a system to try an observer on it. */
export interface ObserverFixture {
  /** A new observer, as another process has it. */
  createObserver(): Observer;
  /** Our executor changes something. Answers how many mutations that is at this target. */
  ours(): Promise<number>;
  /** Somebody else changes something, not with our executor's account or mark. Answers how many mutations that is. */
  theirs(): Promise<number>;
  /** How long the target may take until a change stands in its history, milliseconds. Default 10,000. */
  readonly withinMs?: number;
  /** Credentials in use: none may come out anywhere. */
  readonly secrets: readonly string[];
}

export function observerCases(fixture: ObserverFixture): ConformanceCase[] {
  return [
    { name: 'tells nothing of before its beginning, and nothing while nothing happens', run: () => begins(fixture) },
    { name: 'tells ours from those of others, each once', run: () => tellsApart(fixture) },
    { name: 'tells them apart when they come at the same time', run: () => tellsApartAtOnce(fixture) },
    { name: 'another observer goes on from the cursor', run: () => handsOver(fixture) },
    { name: 'a sweep made again brings the same', run: () => repeats(fixture) },
    { name: 'a sweep that is broken off ends soon, and loses nothing', run: () => breaksOff(fixture) },
    { name: 'a cursor of another release is lost, not misread', run: () => losesCursor(fixture) },
  ];
}

/** A sweep whose signal fires must end within, milliseconds. */
const ENDS_WITHIN_MS = 1_500;
/** More than a careless observer brings again anyway. */
const CHANGES_MEANWHILE = 5;
const DEFAULT_WITHIN_MS = 10_000;

async function followerOf(fixture: ObserverFixture): Promise<Follower> {
  const observer = fixture.createObserver();
  must(observer.everyMs >= 10 && observer.everyMs <= 60_000, 'everyMs is between 10 ms and a minute');
  const follower = new Follower(observer);
  await follower.begin();
  return follower;
}

/** Follows until so many are seen, and once more: then it is exactly so many. */
async function see({ withinMs, secrets }: ObserverFixture, follower: Follower, count: number): Promise<SeenMutation[]> {
  const before = follower.seen.length;
  await follower.until(before + count, withinMs ?? DEFAULT_WITHIN_MS);
  await follower.sweep();
  const seen = follower.seen.slice(before);
  must(seen.length === count, `${count} mutations are told, it told ${seen.length}: ${idsOf(seen).join(', ')}`);
  must(follower.gaps.length === 0, 'no gap is stated where nothing was lost');
  seen.forEach((one) => mustBeOfTheLanguage(one, secrets));
  return seen;
}

function mustBeOfTheLanguage(seen: SeenMutation, secrets: readonly string[]): void {
  const observedAt = '2026-01-01T00:00:00.000Z';
  const parsed = mutationData.safeParse({ ...seen, target: 'target', history: 'ordered-ids', observedAt });
  must(parsed.success, `a mutation is of the language: ${parsed.error?.issues[0]?.path.join('.')}`);
  mustHoldNoSecret(seen, secrets);
}

async function begins(fixture: ObserverFixture): Promise<void> {
  await fixture.ours();
  await fixture.theirs();
  const follower = await followerOf(fixture);
  await see(fixture, follower, 0);
  await see(fixture, follower, 0);
}

async function tellsApart(fixture: ObserverFixture): Promise<void> {
  const follower = await followerOf(fixture);
  mustBeBy('executor', await see(fixture, follower, await fixture.ours()));
  mustBeBy('other', await see(fixture, follower, await fixture.theirs()));
  mustBeBy('executor', await see(fixture, follower, await fixture.ours()));
}

const mustBeBy = (kind: SeenMutation['by']['kind'], seen: readonly SeenMutation[]): void =>
  seen.forEach(({ by, source }) =>
    must(by.kind === kind, `${source.id} is by ${kind}, it is told to be by ${by.kind}`),
  );

async function tellsApartAtOnce(fixture: ObserverFixture): Promise<void> {
  const follower = await followerOf(fixture);
  const [ours, theirs] = await Promise.all([fixture.ours(), fixture.theirs()]);
  const seen = await see(fixture, follower, ours + theirs);
  const own = seen.filter(({ by }) => by.kind === 'executor').length;
  must(own === ours, `${ours} of ${seen.length} are ours, it told ${own}`);
}

async function handsOver(fixture: ObserverFixture): Promise<void> {
  const follower = await followerOf(fixture);
  await see(fixture, follower, await fixture.theirs());
  let unseen = 0;
  for (let changes = 0; changes < CHANGES_MEANWHILE; changes++) unseen += await fixture.theirs();
  follower.handOver(fixture.createObserver());
  await see(fixture, follower, unseen);
  follower.handOver(fixture.createObserver());
  await see(fixture, follower, 0);
}

async function repeats(fixture: ObserverFixture): Promise<void> {
  const [one, other] = [await followerOf(fixture), await followerOf(fixture)];
  const count = (await fixture.theirs()) + (await fixture.ours());
  const [first, second] = [await see(fixture, one, count), await see(fixture, other, count)];
  must(idsOf(first).join() === idsOf(second).join(), 'a mutation has one source id, however often it is read');
}

async function breaksOff(fixture: ObserverFixture): Promise<void> {
  const observer = fixture.createObserver();
  const follower = new Follower(observer);
  await follower.begin();
  const count = await fixture.theirs();
  const late = AbortSignal.abort(new Error('too late'));
  const cursor = await observer.begin(new AbortController().signal);
  const ended = observer.sweep(cursor, late).catch(() => 'broken off');
  const never = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), ENDS_WITHIN_MS).unref());
  must((await Promise.race([ended, never])) !== 'late', `a sweep ends within ${ENDS_WITHIN_MS} ms of its signal`);
  await see(fixture, follower, count);
}

async function losesCursor(fixture: ObserverFixture): Promise<void> {
  const sweeping = fixture.createObserver().sweep({ of: 'another release' }, new AbortController().signal);
  const thrown: unknown = await sweeping.then(
    () => null,
    (error: unknown) => error,
  );
  must(thrown instanceof CursorLost, 'a cursor that it does not understand makes it throw CursorLost');
}

const idsOf = (seen: readonly SeenMutation[]): string[] => seen.map(({ source }) => source.id);
