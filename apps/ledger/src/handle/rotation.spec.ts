import { allTopics } from '@causeway/contracts';
import { Frontier, leafHash, sealText, signCheckpoint, verifyExport } from '@causeway/ledger-core';
import { openRaw, topicIndex } from '@causeway/messaging';
import { createSigner, createVerifier, loadVerifier, sha256, verifierOfRecorded, verifyBytes } from '@causeway/signing';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXECUTOR, stepStory } from '../../spec/story';
import { Broker, people, writerBench } from '../../spec/writer-bench';
import { makeExportHeader } from './export-header';
import { ledgerKeysIn, noteSignerOf } from './ledger-key';
import { restoreFrontier } from './restore';
import { walkLog } from './walk-log';

const ORIGIN = 'causeway.local/ledger';
const PORTS = { sha256, verifyEd25519: verifyBytes };
const OF_EXECUTOR = `executor-${EXECUTOR}`;

/** The second generation of the ledger's key. */
function secondKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const name = { keyId: 'ledger/2', principal: 'ledger' };
  return {
    signer: createSigner({ ...name, privateKey: pem }),
    trusted: { ...name, publicKey: raw.toString('base64') },
  };
}

/** A log of two steps; the first head is signed by the first key of the ledger, the second by its second. */
async function rotated() {
  const first = loadVerifier(people.trustFile).keys;
  const second = secondKey();
  const keys = [
    ...first.map((key) => ({ ...key, retired: [OF_EXECUTOR, 'ledger'].includes(key.principal) })),
    second.trusted,
  ];
  const { store, writer } = writerBench();
  writer.start();
  const broker = new Broker();
  await writer.take(broker.deliver(stepStory()));
  await writer.take(broker.deliver(stepStory()));
  await writer.stop();
  const noteSigner = noteSignerOf(second.signer, createVerifier(keys), ORIGIN);
  const head = store.heads.pop() as (typeof store.heads)[number];
  store.heads.push({ ...head, note: signCheckpoint(sha256, { ...head, origin: ORIGIN }, noteSigner) });
  return { store, keys, second, noteSigner };
}

const rowsOf = (store: Awaited<ReturnType<typeof rotated>>['store']) => ({
  entries: (from: number, limit: number) => store.entries(from, limit),
  headsAfter: async (after: number) => store.heads.filter(({ size }) => size > after),
  publishedSize: async () => 0,
  newestHead: () => store.newestHead(),
  headFrom: async () => null,
});

describe('a ledger that got a new key', () => {
  it('given the trust file lists both, starts from all of its log', async () => {
    const { store, keys } = await rotated();
    const given = { ports: PORTS, keys: ledgerKeysIn(createVerifier(keys), ORIGIN), epoch: 1 };
    expect((await restoreFrontier(rowsOf(store), given)).size).toBe(16);
  });

  it('given the older key was taken out of the trust file, says so and asks for no backup', async () => {
    const { store, second } = await rotated();
    const keys = ledgerKeysIn(createVerifier([second.trusted]), ORIGIN);
    await expect(restoreFrontier(rowsOf(store), { ports: PORTS, keys, epoch: 1 })).rejects.toThrow(
      /head 8 is signed by no key of the ledger in the trust file.*put the public key that signed it back/,
    );
  });

  it('given a checkpoint whose signature is broken, does not call its key unknown', async () => {
    const { store, keys } = await rotated();
    const [head] = store.heads as [(typeof store.heads)[number]];
    store.heads[0] = { ...head, note: head.note.replace('\n8\n', '\n9\n') };

    const given = { from: Frontier.empty(sha256), ports: PORTS, keys: ledgerKeysIn(createVerifier(keys), ORIGIN) };
    const walked = await walkLog({ rows: rowsOf(store), ...given });
    expect(walked).toMatchObject({ ok: false, fault: { detail: expect.stringContaining('note-signature-invalid') } });
    expect(walked).not.toMatchObject({ fault: { isKeyUnknown: true } });
  });

  it('does not sign with a key that is retired', () => {
    const keys = loadVerifier(people.trustFile).keys.map((key) => ({ ...key, retired: true }));
    expect(() => noteSignerOf(people.signer('ledger'), createVerifier(keys), ORIGIN)).toThrow('ledger/1 is retired');
  });
});

describe('a retired executor', () => {
  it('given it is configured no more, and the ledger has a new key, an export of what it did still verifies', async () => {
    const { store, keys, noteSigner } = await rotated();
    const { line, note } = makeExportHeader(noteSigner, keys, [], sha256);
    const texts = store.entriesStored.map(({ text }) => text);
    const leafHashes = texts.map((text) => leafHash(sha256, Buffer.from(text)));
    const checkpoint = store.heads.at(-1)?.note as string;
    const seal = sealText({ checkpoint, entries: 16, headerNote: note, leafHashes: Buffer.concat(leafHashes) });
    expect(verifyExport(Buffer.from(`${[line, ...texts, seal].join('\n')}\n`), PORTS)).toMatchObject({ ok: true });
  });

  it('given a message under its key, the door parks it; what was taken before still opens', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'causeway-trust-')), 'trust.json');
    writeFileSync(file, JSON.stringify({ keys: (await rotated()).keys }));
    const result = people.seal(stepStory()).find(({ topic }) => topic === 'causeway.results.v1');
    const raw = { ...(result as NonNullable<typeof result>), partition: 0, offset: '0', timestampMs: 0 };
    const door = { verifier: loadVerifier(file), topics: topicIndex(allTopics([EXECUTOR])) };
    expect(openRaw(raw, door)).toMatchObject({
      kind: 'parked',
      deadLetter: { reason: 'unknown-key', detail: expect.stringContaining(`${OF_EXECUTOR}/1 is retired`) },
    });
    expect(openRaw(raw, { ...door, verifier: verifierOfRecorded(door.verifier) }).kind).toBe('message');
  });
});
