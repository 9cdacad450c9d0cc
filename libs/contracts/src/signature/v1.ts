/**
 * How a message is signed: a detached Ed25519 signature over the DSSE pre-authentication encoding (PAE) of the value's
 * exact bytes, in a header. Source: DSSE protocol v1 (secure-systems-lab/dsse).
 *
 * Two forms, both over the same PAE of the same bytes:
 *
 * - `ed25519;<keyId>;<signature>`: the signature covers PAE(payload type, value).
 * - `ed25519-batch;<keyId>;<signature>;<index>;<size>;<path>`: messages sent together are the leaves
 *   SHA-256(0x00 || PAE(payload type, value)) of one RFC 6962 tree; the signature covers PAE(batch type, size || root), and
 *   the path (RFC 9162 inclusion proof, 32-byte hashes one after another) leads from this message to that root. Each
 *   message can still be verified alone, and a batch costs one signature (docs/decisions/0003).
 *
 * Binary parts are base64 (RFC 4648, padded, canonical).
 */
export const PAYLOAD_TYPE = 'application/vnd.causeway.event+json';
export const BATCH_PAYLOAD_TYPE = 'application/vnd.causeway.batch';

/** Hashes in a path: a batch of 2^20 messages is more than any sender sends at once. */
export const MAX_PATH_HASHES = 20;

export type SignatureHeader =
  | { readonly form: 'single'; readonly keyId: string; readonly signature: string }
  | {
      readonly form: 'batch';
      readonly keyId: string;
      readonly signature: string;
      readonly index: number;
      readonly size: number;
      readonly path: string;
    };

const KEY_ID = '([a-z0-9-]{1,63}/[1-9][0-9]{0,5})';
const BASE64 = '([A-Za-z0-9+/]{86}==)';
const SINGLE = new RegExp(`^ed25519;${KEY_ID};${BASE64}$`);
const BATCH = new RegExp(`^ed25519-batch;${KEY_ID};${BASE64};(0|[1-9][0-9]{0,6});([1-9][0-9]{0,6});([A-Za-z0-9+/=]*)$`);

/** Text of a header. */
export function formatSignatureHeader(header: SignatureHeader): string {
  if (header.form === 'single') return `ed25519;${header.keyId};${header.signature}`;
  return `ed25519-batch;${header.keyId};${header.signature};${header.index};${header.size};${header.path}`;
}

/** The header read strictly, or null when it is not of this form. */
export function parseSignatureHeader(text: string): SignatureHeader | null {
  const single = SINGLE.exec(text);
  if (single) return { form: 'single', keyId: single[1] as string, signature: single[2] as string };
  const batch = BATCH.exec(text);
  if (!batch) return null;
  const [index, size] = [Number(batch[3]), Number(batch[4])];
  if (index >= size) return null;
  return {
    form: 'batch',
    keyId: batch[1] as string,
    signature: batch[2] as string,
    index,
    size,
    path: batch[5] as string,
  };
}

/**
 * DSSE v1 pre-authentication encoding: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body.
 * Written in a loop: made for every message sent and verified, and Uint8Array.from costs four times as much.
 */
export function preAuthenticationEncoding(payloadType: string, body: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `;
  const bytes = new Uint8Array(head.length + body.length);
  for (let i = 0; i < head.length; i++) bytes[i] = head.charCodeAt(i);
  bytes.set(body, head.length);
  return bytes;
}

/** What the signature of a batch covers: the number of messages (8 bytes, big endian), then the root. */
export function batchBody(size: number, root: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + root.length);
  for (let i = 7, rest = size; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  bytes.set(root, 8);
  return bytes;
}
