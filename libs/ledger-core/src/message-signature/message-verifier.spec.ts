import { parseSignatureHeader } from '@causeway/contracts';
import fc from 'fast-check';
import { ports, principal } from '../../spec/sample-ledger';
import { base64Decode, base64Encode } from '../bytes/base64';
import { MessageVerifier } from './message-verifier';

const sequencer = principal('sequencer');
const stranger = principal('stranger');
const publicKeys = new Map([[sequencer.signer.keyId, base64Decode(sequencer.publicKey) as Uint8Array]]);
const values = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => Buffer.from(`{"n":${i}}`));

function isValid(verifier: MessageVerifier, header: string, value: Uint8Array): boolean {
  const parsed = parseSignatureHeader(header);
  return parsed !== null && verifier.isValid(parsed, value);
}

describe('messages signed by the senders own room', () => {
  it.each([1, 2, 3, 5, 8, 13, 64, 100])('verify, in any order, in a batch of %i (S1)', (count) => {
    const batch = values(count);
    const headers = sequencer.signer.sign(batch);
    for (const order of [batch.map((_, i) => i), batch.map((_, i) => count - 1 - i)]) {
      const verifier = new MessageVerifier(ports, publicKeys);
      for (const i of order) expect(isValid(verifier, headers[i] as string, batch[i] as Buffer)).toBe(true);
    }
  });

  it('do not verify for another message of the batch, whether the batch is known or not', () => {
    const batch = values(6);
    const headers = sequencer.signer.sign(batch);
    const warm = new MessageVerifier(ports, publicKeys);
    headers.forEach((header, i) => isValid(warm, header, batch[i] as Buffer));
    headers.forEach((header, i) =>
      batch.forEach((value, k) => {
        expect(isValid(warm, header, value)).toBe(i === k);
        expect(isValid(new MessageVerifier(ports, publicKeys), header, value)).toBe(i === k);
      }),
    );
  });

  it('do not verify under a key that is not known, or another principals', () => {
    const [header = ''] = stranger.signer.sign(values(1));
    const verifier = new MessageVerifier(ports, publicKeys);
    expect(isValid(verifier, header, values(1)[0] as Buffer)).toBe(false);
    expect(isValid(verifier, header.replace('stranger/1', 'sequencer/1'), values(1)[0] as Buffer)).toBe(false);
  });
});

describe('a batch costs', () => {
  it('one signature and one path however many of its messages come by', () => {
    let [signatures, hashes] = [0, 0];
    const counting = {
      sha256: (bytes: Uint8Array) => (hashes++, ports.sha256(bytes)),
      verifyEd25519: (...given: Parameters<typeof ports.verifyEd25519>) => (
        signatures++,
        ports.verifyEd25519(...given)
      ),
    };
    const batch = values(64);
    const headers = sequencer.signer.sign(batch);
    const verifier = new MessageVerifier(counting, publicKeys);
    batch.forEach((value, i) => expect(isValid(verifier, headers[i] as string, value)).toBe(true));
    expect(signatures).toBe(1);
    // 64 leaves and the 63 nodes above them, each once at the most.
    expect(hashes).toBeLessThanOrEqual(127);
  });
});

describe('what is remembered never helps a forgery (S2, S3)', () => {
  const batch = values(11);
  const headers = sequencer.signer.sign(batch);
  const warmed = (): MessageVerifier => {
    const verifier = new MessageVerifier(ports, publicKeys);
    headers.forEach((header, i) => isValid(verifier, header, batch[i] as Buffer));
    return verifier;
  };
  const withPath = (header: string, change: (path: Uint8Array) => Uint8Array): string => {
    const parts = header.split(';');
    const path = base64Decode(parts[5] as string) as Uint8Array;
    return [...parts.slice(0, 5), base64Encode(change(path))].join(';');
  };

  it('any byte of any path changed is refused, by a verifier that knows the batch too', () => {
    const verifier = warmed();
    headers.forEach((header, i) => {
      const length = base64Decode(header.split(';')[5] as string)?.length ?? 0;
      for (let at = 0; at < length; at += 5) {
        const changed = withPath(header, (path) => path.map((byte, k) => (k === at ? byte ^ 1 : byte)));
        expect(isValid(verifier, changed, batch[i] as Buffer)).toBe(false);
        expect(isValid(new MessageVerifier(ports, publicKeys), changed, batch[i] as Buffer)).toBe(false);
      }
    });
  });

  it.each<[string, (header: string) => string]>([
    ['a longer path', (header) => withPath(header, (path) => Uint8Array.of(...path, ...path.subarray(0, 32)))],
    ['a shorter path', (header) => withPath(header, (path) => path.subarray(32))],
    ['half a hash', (header) => withPath(header, (path) => path.subarray(1))],
    ['no path', (header) => withPath(header, () => new Uint8Array(0))],
    ['a path of 21 hashes', (header) => withPath(header, () => new Uint8Array(21 * 32))],
    ['base64 that is not canonical', (header) => header.replace(/.=$/, 'B=')],
    ['another size', (header) => header.replace(';11;', ';12;')],
    ['a huge size', (header) => header.replace(';11;', ';9999999;')],
  ])('%s is refused', (_, change) => {
    const changed = change(headers[4] as string);
    expect(changed).not.toBe(headers[4]);
    expect(isValid(warmed(), changed, batch[4] as Buffer)).toBe(false);
    expect(isValid(new MessageVerifier(ports, publicKeys), changed, batch[4] as Buffer)).toBe(false);
  });

  it('a forged message that comes first does not spoil the true ones after it', () => {
    const verifier = new MessageVerifier(ports, publicKeys);
    expect(isValid(verifier, headers[0] as string, Buffer.from('forged'))).toBe(false);
    headers.forEach((header, i) => expect(isValid(verifier, header, batch[i] as Buffer)).toBe(true));
  });

  it('more batches than are remembered are still judged rightly', () => {
    const batches = Array.from({ length: 70 }, (_, n) =>
      values(2).map((value) => Buffer.concat([value, Buffer.of(n)])),
    );
    const signed = batches.map((each) => sequencer.signer.sign(each));
    const verifier = new MessageVerifier(ports, publicKeys);
    for (const i of [0, 1]) {
      signed.forEach((each, n) => expect(isValid(verifier, each[i] as string, batches[n]?.[i] as Buffer)).toBe(true));
    }
  });

  it('a random mixture of headers and values is judged as by a verifier without memory', () => {
    const verifier = warmed();
    fc.assert(
      fc.property(fc.nat(10), fc.nat(10), fc.nat(10), fc.nat(10), (head, tail, place, value) => {
        const mixed = [
          ...(headers[head] as string).split(';').slice(0, 3),
          String(place),
          '11',
          (headers[tail] as string).split(';')[5],
        ].join(';');
        const fresh = isValid(new MessageVerifier(ports, publicKeys), mixed, batch[value] as Buffer);
        expect(isValid(verifier, mixed, batch[value] as Buffer)).toBe(fresh);
      }),
    );
  });
});
