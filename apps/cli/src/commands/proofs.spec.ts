import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence } from '@causeway/console-api';
import { encodeVerifierKey, Frontier, inclusionProof, leafHash, signCheckpoint } from '@causeway/ledger-core';
import { sha256 } from '@causeway/signing';
import { CliRun } from '../../spec/cli-run';
import { StubConsole } from '../../spec/stub-console';

const ORIGIN = 'causeway.example/ledger';
const newSigner = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  return { name: ORIGIN, publicKey: raw, sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, privateKey)) };
};
const known = newSigner();
const vkey = encodeVerifierKey(sha256, known);

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const leaf = (index: number): string => `{"data":{"index":"${index}"}}`;
const hashes = Array.from({ length: 402 }, (_, index) => leafHash(sha256, Buffer.from(leaf(index))));

/** Entries under the tree of the first `size`, signed by whoever. */
function evidenceOf(indices: readonly number[], size: number, signer = known): Evidence {
  const tree = hashes.slice(0, size);
  const root = Frontier.empty(sha256).appendAll(tree).root();
  return {
    ...{ size: String(size), root: base64(root) },
    checkpoint: signCheckpoint(sha256, { origin: ORIGIN, size, root }, signer),
    entries: indices.map((index) => ({
      ...{ index: String(index), leaf: leaf(index) },
      proof: inclusionProof(sha256, tree, index).map(base64),
    })),
  };
}

let stub: StubConsole;
afterEach(() => stub.close());

/** A console whose answer names the first entries; `told` is what it has to show for them. */
async function upstream(count: number, told: (asked: number[]) => Evidence, ...flags: string[]) {
  const items = Array.from({ length: count }, (_, index) => ({ index: String(index) }));
  stub = await StubConsole.start(({ pathname, searchParams }) =>
    pathname === '/v1/ledger/evidence'
      ? told((searchParams.get('indices') ?? '').split(',').map(Number))
      : { summary: '', items, more: false, asOf: null },
  );
  const file = join(mkdtempSync(join(tmpdir(), 'causeway-proofs-')), 'answer.json');
  const args = ['upstream', 'flags', '-o', 'json', '--with-proofs', file, ...flags];
  return { ...(await CliRun.start(args, { CAUSEWAY_SERVER: stub.url }).end()), file };
}

describe('--with-proofs', () => {
  it('given a ledger by whose key it is known, writes what is proved and signed', async () => {
    const { code, stderr, file } = await upstream(3, (asked) => evidenceOf(asked, 5), '--key', vkey);
    expect([code, stderr]).toEqual([0, `wrote ${file}: the answer and 3 ledger entries with their proofs\n`]);
    const { evidence } = JSON.parse(readFileSync(file, 'utf8')) as { evidence: Evidence[] };
    expect(evidence.flatMap(({ entries }) => entries.map(({ index }) => index))).toEqual(['0', '1', '2']);
  });

  it('given no key, says that the signature was not looked at', async () => {
    const { code, stderr } = await upstream(3, (asked) => evidenceOf(asked, 5));
    expect([code, stderr]).toEqual([0, expect.stringContaining('signature was not checked')]);
    expect(stderr).toContain('--key <vkey>');
  });

  const someone = newSigner();
  const bogus = (asked: number[]): Evidence => {
    const { checkpoint, ...rest } = evidenceOf(asked, 5);
    const text = checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1);
    const keyHash = Buffer.from(vkey.split('+')[1] as string, 'hex');
    const signature = base64(Buffer.concat([keyHash, Buffer.alloc(64, 1)]));
    return { ...rest, checkpoint: `${text}\n\u2014 ${ORIGIN} ${signature}\n` };
  };
  it.each([
    ['one that somebody else signed', (asked: number[]) => evidenceOf(asked, 5, someone), 'note-not-signed-by-key'],
    ['one with a signature that is none', bogus, 'note-signature-invalid'],
  ])('given a key and a checkpoint, %s, refuses it and writes nothing', async (_, told, why) => {
    const { code, stderr, file } = await upstream(3, told, '--key', vkey);
    expect([code, stderr, existsSync(file)]).toEqual([4, expect.stringContaining(why), false]);
  });

  it.each([
    ['nothing', (asked: number[]) => ({ ...evidenceOf(asked, 5), entries: [] })],
    ['one entry less', (asked: number[]) => evidenceOf(asked.slice(1), 5)],
    ['one entry twice', () => evidenceOf([0, 0, 1], 5)],
    ['another entry', () => evidenceOf([0, 1, 4], 5)],
  ])('given %s of what was asked, refuses it and writes nothing', async (_, told) => {
    const { code, stderr, file } = await upstream(3, told);
    expect([code, stderr, existsSync(file)]).toEqual([
      4,
      expect.stringContaining('entries that were asked for'),
      false,
    ]);
  });

  it('given more entries than one request takes while the ledger grows, says under how many checkpoints', async () => {
    let size = 400;
    const { code, stderr } = await upstream(401, (asked) => evidenceOf(asked, ++size), '--key', vkey);
    expect([code, stderr]).toEqual([0, expect.stringContaining('401 ledger entries')]);
    expect(stderr).toContain('under 2 checkpoints');
  });

  it.each([
    ['a key that is none', ['--with-proofs', '/nowhere/a.json', '--key', 'ledger'], 'not a verifier key'],
    ['a key and nothing to check with it', ['--key', vkey], '--with-proofs'],
  ])('given %s, says so before it asks anything', async (_, flags, said) => {
    stub = await StubConsole.start(() => null);
    const done = await CliRun.start(['upstream', 'flags', ...flags], { CAUSEWAY_SERVER: stub.url }).end();
    expect([done.code, done.stderr, stub.asked]).toEqual([64, expect.stringContaining(said), []]);
  });
});
