const PAIRS = Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1));
const LOWER_HEX = /^(?:[0-9a-f]{2})*$/;

/** Lower-case hex digits, two a byte. */
export function hexEncode(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += PAIRS[byte];
  return text;
}

/** The bytes, or null if it is not an even number of lower-case hex digits. */
export function hexDecode(text: string): Uint8Array | null {
  if (!LOWER_HEX.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
