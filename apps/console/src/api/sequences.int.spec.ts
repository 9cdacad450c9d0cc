import {
  explanation,
  inclusionReceipt,
  problemBody,
  sequenceView,
  targetEvent,
  type EntryItem,
  type Page,
  type SequenceView,
} from '@causeway/console-api';
import type { Settlement } from '@causeway/contracts';
import * as lab from '@causeway/lab';
import { openCheckpoint, parseVerifierKey, verifyExport, verifyInclusion } from '@causeway/ledger-core';
import { sha256, verifyBytes } from '@causeway/signing';
import { LAGGING_PLAN, LaggingRegion } from '@causeway/testkit';
import { ConsoleHouse } from '../../spec/console-house';
import { readEvents } from '../../spec/read-events';

jest.setTimeout(90_000);

const ports = { sha256, verifyEd25519: verifyBytes };
const story = new LaggingRegion();
const { ledger, sequence } = story;
let house: ConsoleHouse;

beforeAll(async () => {
  const { trustFile, keyFile } = ledger.keys;
  house = await ConsoleHouse.onLab(lab, { trustFile, keyFile: keyFile('console') });
});
afterAll(() => house?.close());

let sent = 0;
/** The ledger publishes what was told since the last time. */
async function publish(): Promise<void> {
  const { entries, checkpoint } = ledger.published(sent);
  sent = ledger.entries.length;
  await house.send([...entries, checkpoint]);
  await house.projected(sent);
}

describe('a sequence that waits for a lagging region', () => {
  const path = `/v1/sequences/${sequence.id}`;
  beforeAll(async () => {
    story.untilHeld();
    await publish();
  });

  it('shows which members hold which gate, since when, and when they were last seen', async () => {
    const view = sequenceView.parse((await house.get(path)).body);
    expect(view).toMatchObject({
      status: 'waiting',
      waitingFor: 'flag waits for gateway in eu-west: gw-eu-1, gw-eu-2',
      fault: null,
    });
    expect(view.holds.map(({ gate, member, reason, since }) => [gate, member, reason, since])).toEqual([
      ['flag', 'gw-eu-1', 'not-yet', ledger.at],
      ['flag', 'gw-eu-2', 'unreachable', ledger.at],
    ]);
    expect(view.holds[0]?.lastReadingAgeMs).toBeGreaterThan(0);
    const gateway = view.steps.find(({ id }) => id === 'gateway') as SequenceView['steps'][number];
    expect(
      gateway.scopes.map(({ scope, ready, members }) => [scope, ready, members.map(({ state }) => state)]),
    ).toEqual([
      ['us-east', true, ['ready']],
      ['eu-west', false, ['not-yet', 'unknown']],
    ]);
    const times = gateway.scopes[0];
    expect([times?.commandedAt, times?.acceptedAt, times?.effectiveAt, times?.recordedAt].every(Boolean)).toBe(true);
  });

  it('is explained in words and data', async () => {
    const answer = explanation.parse((await house.get(`${path}/explain?step=flag`)).body);
    expect(answer.summary).toBe(
      'Step flag waits for gw-eu-1 (eu-west) of step gateway, gw-eu-2 (eu-west) of step gateway.',
    );
    expect(answer.because.map(({ words }) => words)).toEqual([
      'gw-eu-1 in eu-west does not show the change yet: value is "old", wanted "new"',
      'gw-eu-2 in eu-west could not be reached: no answer within 2 s',
    ]);
    expect(answer.nextCheck?.by).toBe('readiness-prober');
    expect((await house.get(`${path}/explain?step=nope`)).body).toMatchObject({ code: 'step-not-found' });
  });

  it('is found by its status, page by page', async () => {
    const { body } = await house.get('/v1/sequences?status=waiting&limit=1');
    expect(body).toMatchObject({ items: [{ id: sequence.id, status: 'waiting' }], nextCursor: null });
    expect((await house.get('/v1/sequences?status=completed')).body).toMatchObject({ items: [] });
    expect((await house.get('/v1/sequences?status=done')).body).toMatchObject({ code: 'status-invalid' });
    expect((await house.get('/v1/sequences?limit=501')).body).toMatchObject({ code: 'limit-invalid' });
    expect((await house.get('/v1/sequences?cursor=abc')).body).toMatchObject({ code: 'cursor-invalid' });
  });

  it('streams from the beginning, goes on live, resumes behind Last-Event-ID, and ends', async () => {
    const url = `${house.url}${path}/stream`;
    const all = readEvents(url, null);
    await house.until('the past is streamed', () => all.events.length === sent);
    story.untilCompleted();
    await publish();
    await all.done;
    expect(all.events.map(({ event }) => event)).toEqual([...ledger.entries.map(() => 'entry'), 'end']);
    expect(all.events.map(({ id }) => id).slice(0, -1)).toEqual(ledger.entries.map((_, index) => String(index)));
    const rest = readEvents(url, '5');
    await rest.done;
    expect(rest.events[0]).toMatchObject({ event: 'entry', id: '6' });
    const last = String(sent - 1);
    const none = readEvents(url, last);
    await none.done;
    expect(none.events).toEqual([{ event: 'end', id: last, data: { ended: true } }]);
  });

  it('is completed in the end, and the target tells when it became effective where', async () => {
    expect((await house.get(path)).body).toMatchObject({ status: 'completed', holds: [], waitingFor: null });
    const { items } = (await house.get('/v1/targets/edge/history')).body as Page<unknown>;
    const events = items.map((item) => targetEvent.parse(item));
    expect(events.map(({ what, scope }) => [what, scope])).toEqual([
      ['commanded', null],
      ['applied', null],
      ['effective', 'us-east'],
      ['effective', 'eu-west'],
    ]);
  });

  it('is paged through in the ledger without a gap', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = (await house.get(`${path}/history?limit=7${cursor && `&cursor=${cursor}`}`)).body as Page<EntryItem>;
      seen.push(...page.items.map(({ index }) => index));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ledger.entries.map((_, index) => String(index)));
  });

  it.each([
    ['a sequence', `${path}/history`],
    ['a target', '/v1/targets/edge/history'],
  ])('gives the history of %s from its end, page by page, without a gap', async (_, history) => {
    const whole = (await house.get(`${history}?limit=500`)).body as Page<unknown>;
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const asked = `${history}?order=newest&limit=3${cursor && `&cursor=${cursor}`}`;
      const page = (await house.get(asked)).body as Page<unknown>;
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual([...whole.items].reverse());
    expect((await house.get(`${history}?order=last`)).body).toMatchObject({ code: 'order-invalid' });
  });
});

describe('the ledger over HTTP', () => {
  it('proves every entry against the signed checkpoint', async () => {
    const vkey = parseVerifierKey(sha256, ledger.ledgerKey);
    if (!vkey) throw new Error('no key');
    for (let index = 0; index < ledger.entries.length; index++) {
      const receipt = inclusionReceipt.parse((await house.get(`/v1/ledger/entries/${index}/proof`)).body);
      const opened = openCheckpoint(ports, receipt.checkpoint, vkey);
      const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64');
      const claim = {
        index,
        size: Number(receipt.size),
        leafHash: bytes(receipt.leafHash),
        proof: receipt.proof.map(bytes),
      };
      expect(opened.ok && verifyInclusion(sha256, { ...claim, root: opened.tree.root })).toEqual({ ok: true });
    }
    expect((await house.get(`/v1/ledger/entries/${ledger.entries.length}/proof`)).body).toMatchObject({
      code: 'entry-not-published',
    });
  });

  it('exports a file that verifies offline, the same as the ledger would write', async () => {
    const { body, headers } = await house.get('/v1/ledger/export');
    expect(headers.get('content-disposition')).toContain(`causeway-export-${ledger.entries.length}.jsonl`);
    expect(body).toBe(ledger.exportText());
    expect(verifyExport(Buffer.from(body as string), { ...ports, pinnedLedgerKey: ledger.ledgerKey })).toMatchObject({
      ok: true,
    });
  });

  it('gives entries as they were hashed, and streams all of them', async () => {
    const { body, headers } = await house.get('/v1/ledger/entries/3');
    expect(body).toMatchObject({ index: '3', leaf: ledger.entries[3] });
    expect(headers.get('etag')).toMatch(/^"[0-9a-f]{64}"$/);
    const { items } = (await house.get('/v1/ledger/entries?after=3&limit=2')).body as { items: EntryItem[] };
    expect(items.map(({ index }) => index)).toEqual(['4', '5']);
    const stream = readEvents(`${house.url}/v1/ledger/stream`, '2');
    await house.until('two entries came', () => stream.events.length >= 2);
    stream.close();
    expect(stream.events.slice(0, 2).map(({ id }) => id)).toEqual(['3', '4']);
  });

  it('is the same after the topic came a second time, and after it was read again from its start', async () => {
    const look = async (): Promise<unknown[]> =>
      [
        (await house.get('/v1/ledger/export')).body,
        (await house.get('/v1/targets/edge/history')).body,
        (await house.get(`/v1/sequences/${sequence.id}`)).body,
      ].map(
        (body) =>
          JSON.parse(JSON.stringify(body).replaceAll(/"lastReadingAgeMs":\d+/g, '"lastReadingAgeMs":0')) as unknown,
      );
    const before = await look();
    const { entries, checkpoint } = ledger.published();
    await house.send([...entries, checkpoint]);
    await house.stop();
    await house.start({ CONSOLE_REBUILD: 'yes' });
    await house.projected(ledger.entries.length);
    expect(await look()).toEqual(before);
    // A release that stores other things makes the projection again by itself.
    await house.stop();
    await house.sql('update console.projection set shape = 0; update console.sequence set folded = $$nonsense$$');
    await house.start();
    await house.projected(ledger.entries.length);
    expect(await look()).toEqual(before);
  });
});

describe('a step whose outcome is unknown', () => {
  it('is settled by a word about the attempt that the ledger shows, and about no other', async () => {
    const lost = ledger.submit(LAGGING_PLAN, { key: 'CHG-4712' });
    lost.result('idp-roles', { kind: 'unknown', reason: 'the connection was reset', evidence: {} });
    await publish();
    const settle = (settle: Partial<Settlement>, key: string) =>
      house.postTo(
        `/v1/sequences/${lost.id}/decisions`,
        { verb: 'settle', accept: [], settle: { step: 'idp-roles', applied: true, ...settle }, reason: 'looked' },
        { 'idempotency-key': key },
      );
    const other = await settle({ attempt: 2 }, 'settle-1');
    expect([other.status, problemBody.parse(other.body).code]).toEqual([409, 'other-attempt']);
    expect((await settle({}, 'settle-1')).status).toBe(202);
    await house.until('the word is on its topic', () => house.decisions.length > 0);
    expect(house.decisions).toMatchObject([{ data: { settle: { step: 'idp-roles', attempt: 1, applied: true } } }]);
  });
});
