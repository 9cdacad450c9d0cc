import type { MutationData } from '@causeway/contracts';

/** Small pieces of sentences. */

/** `14:03:11Z`: the time of day in UTC. */
export const clock = (instant: string): string => `${instant.slice(11, 19)}Z`;

/** `4.2 s`, `310 ms`, `3 min`, `5 h`: as exact as it helps. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `release-team (token personal, client admin-ui)`: who, and through what. */
export function actorWords({ actor, channel, by }: Pick<MutationData, 'actor' | 'channel' | 'by'>): string {
  const name = actor.name ?? (by.kind === 'executor' ? 'our executor' : 'somebody unknown');
  const through = channelWords(channel);
  return through === '' ? name : `${name} (${through})`;
}

/** `token personal, client admin-ui, from 10.0.0.7`; empty when the system tells nothing. */
export function channelWords({ client, token, address }: MutationData['channel']): string {
  const parts = [token && `token ${token}`, client && `client ${client}`, address && `from ${address}`];
  return parts.filter(Boolean).join(', ');
}
