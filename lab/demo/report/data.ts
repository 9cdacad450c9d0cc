import type { MutationClass } from '@causeway/contracts';

/**
 * What the report shows, as plain data: times in milliseconds since the epoch. A change that was seen happened after `notBefore`
 * (when the last look that showed otherwise began; null: the first look showed it) and not after `seenAt`.
 */
export interface Moment {
  readonly notBefore: number | null;
  readonly seenAt: number;
}

export const SYSTEMS = ['idp', 'shop', 'edge', 'flags'] as const;
export type System = (typeof SYSTEMS)[number];

/** A time in which something was in effect in one place: for all members (`fully`) or only some (`partly`). */
export interface Span {
  readonly state: 'partly' | 'fully';
  readonly from: Moment;
  /** null: to the end of the picture. */
  readonly to: Moment | null;
  readonly text: string;
}

/** One lane. `region` null: the system is the same everywhere. */
export interface Lane {
  readonly system: System;
  readonly region: string | null;
  readonly spans: readonly Span[];
}

/** The later change was in effect and the earlier one, which it needs, was not. */
export interface Exposure {
  readonly region: string;
  readonly earlier: { readonly step: string; readonly system: System };
  readonly later: { readonly step: string; readonly system: System };
  readonly from: Moment;
  readonly to: Moment | null;
  readonly certaintyMs: number;
  /** Requests answered with 403 that were made within it. */
  readonly denied: number;
}

export interface Hold {
  readonly step: string;
  readonly text: string;
  readonly since: number;
  /** null: to the end of the picture. */
  readonly until: number | null;
}

/** A change seen at a system. `by-hand`: nobody was there to class it. */
export interface Mark {
  readonly system: System;
  /** null: everywhere at once. */
  readonly region: string | null;
  readonly at: number;
  readonly class: MutationClass | 'by-hand';
  readonly actor: string;
  readonly what: string;
}

export interface RegionUsers {
  readonly region: string;
  readonly servedAt: readonly number[];
  readonly deniedAt: readonly number[];
}

export interface Act {
  readonly number: number;
  readonly title: string;
  readonly story: readonly string[];
  readonly outcome: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly regions: readonly string[];
  readonly lanes: readonly Lane[];
  readonly exposures: readonly Exposure[];
  readonly holds: readonly Hold[];
  readonly marks: readonly Mark[];
  readonly users: readonly RegionUsers[];
  /** What the systems themselves say at the end, a column a region. */
  readonly snapshot: readonly { readonly what: string; readonly values: readonly string[] }[];
  readonly answers: readonly { readonly question: string; readonly answer: string }[];
  readonly checks: readonly { readonly what: string; readonly held: boolean }[];
}

export interface Report {
  readonly madeAt: string;
  readonly durationMs: number;
  readonly acts: readonly Act[];
  readonly ledger: { readonly entries: number; readonly root: string; readonly verified: boolean };
}
