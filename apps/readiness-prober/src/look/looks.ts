import type { Target } from '@causeway/contracts';
import type { Credentials } from './credentials';
import { lookHttp } from './http';
import { LookFailed, type Look } from './look';
import { createTokens, lookOidcToken } from './oidc-token';
import { lookUnleash } from './unleash-client';
import type { Web } from './web';

export type DeclaredProbe = Target['spec']['probes'][string];
export type LookedAt = Exclude<DeclaredProbe, { kind: 'instant' }>;

/** Makes the look at one member of a declared probe, or null when the probe declares no place for that member. */
export type MakeLook = (probe: LookedAt, scope: string, member: string, asked: readonly string[]) => Look | null;

export function createLooks(web: Web, credentials: Credentials): MakeLook {
  const means = { web, credentials, tokens: createTokens(web) };
  return (probe, scope, member, asked) => {
    switch (probe.kind) {
      case 'http': {
        const place = placeOf(probe.at, scope, member);
        return place && lookHttp(means, place, asked);
      }
      case 'oidc-token': {
        const place = placeOf(probe.at, scope, member);
        return place && lookOidcToken(web, credentials, place, asked);
      }
      case 'unleash-client': {
        const place = placeOf(probe.at, scope, member);
        return place && lookUnleash(web, credentials, place, asked);
      }
    }
  };
}

function placeOf<P>(
  at: Readonly<Record<string, Readonly<Record<string, P>>>>,
  scope: string,
  member: string,
): P | null {
  const members = Object.hasOwn(at, scope) ? at[scope] : undefined;
  return members && Object.hasOwn(members, member) ? (members[member] ?? null) : null;
}

/** A look that can never bring anything, and says why each time. */
export const lookNowhere =
  (reason: string): Look =>
  () =>
    Promise.reject(new LookFailed(reason));
