import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey, trustedKeysOf, writeTrust } from './key-files';
import type { TrustedKey } from './verifier';

export interface NextKey {
  readonly keyId: string;
  /** Holds the private half, mode 0600: `<principal>.<generation>.key.json`. */
  readonly keyFile: string;
  /** Older keys of the principal that are trusted beside it, oldest first. */
  readonly beside: readonly string[];
}

/**
 * Makes the next generation of each principal's key in a folder, and trusts them beside the older ones. A trust file that is not there is made.
 * Throws, with nothing changed, when the trust file is not of the form or a key's file is there already.
 */
export function makeNextKeys(trustPath: string, dir: string, principals: readonly string[]): NextKey[] {
  const known = trustedKeysOf(trustPath);
  const next = [...new Set(principals)].map((principal) => nextOf(principal, known, dir));
  const there = next.find(({ keyFile }) => existsSync(keyFile));
  if (there)
    throw new Error(
      `${there.keyFile} is there already, and ${trustPath} does not know it: a key is never written over`,
    );
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const made = next.map(({ keyFile, principal, generation }) => generateKey(keyFile, principal, generation));
  writeTrust(trustPath, [...known, ...made]);
  return next.map(({ keyId, keyFile, beside }) => ({ keyId, keyFile, beside }));
}

function nextOf(principal: string, known: readonly TrustedKey[], dir: string) {
  const own = known.filter((key) => key.principal === principal);
  const generation = 1 + Math.max(0, ...own.map(generationOf));
  return {
    ...{ principal, generation, keyId: `${principal}/${generation}` },
    keyFile: join(dir, `${principal}.${generation}.key.json`),
    beside: own.filter(({ retired }) => !retired).map(({ keyId }) => keyId),
  };
}

export interface RetiredKey {
  readonly principal: string;
  /** Keys of the principal that are still trusted. None: nothing it says is taken any more. */
  readonly left: readonly string[];
}

/** Marks a key as retired; one that is stays so. Null, with nothing changed, when the trust file does not hold it. */
export function retireKey(trustPath: string, keyId: string): RetiredKey | null {
  const known = trustedKeysOf(trustPath);
  const retired = known.find((key) => key.keyId === keyId);
  if (!retired) return null;
  if (!retired.retired)
    writeTrust(
      trustPath,
      known.map((key) => (key === retired ? { ...key, retired: true } : key)),
    );
  const { principal } = retired;
  const left = known.filter((key) => key.principal === principal && key !== retired && !key.retired);
  return { principal, left: left.map((key) => key.keyId) };
}

const generationOf = ({ keyId }: TrustedKey): number => Number(keyId.slice(keyId.indexOf('/') + 1));
