import type { Act, Exposure, Mark, System } from './data';

/** The systems in words for somebody who has never heard of them. */
export const SYSTEM_WORDS: Readonly<Record<System, string>> = {
  idp: 'identity provider',
  shop: 'application',
  edge: 'gateways',
  flags: 'feature flag',
};

export const CLASS_WORDS: Readonly<Record<Mark['class'], string>> = {
  expected: 'as planned',
  early: 'early',
  late: 'late',
  repeated: 'repeated',
  undeclared: 'not in any plan',
  'different-content': 'other content',
  'by-hand': 'by hand',
};

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Seconds after the act began. */
export const offset = (act: Act, ms: number): string => seconds(ms - act.fromMs);

/** How long it was open, from the first to the last moment that it may have been. */
export function lengthOf(exposure: Exposure, endMs: number): number {
  return (exposure.to?.seenAt ?? endMs) - (exposure.from.notBefore ?? exposure.from.seenAt);
}

export const certainty = (ms: number): string => `each edge known to within ${(ms / 1_000).toFixed(2)} s`;

/** The picture in words, for those who do not see it. */
export function describe(act: Act): string {
  const users = act.users.map(
    ({ region, servedAt, deniedAt }) =>
      `${region}: ${servedAt.length + deniedAt.length} requests, ${deniedAt.length} denied.`,
  );
  const marks = act.marks.map(
    (mark) =>
      `${offset(act, mark.at)}: ${SYSTEM_WORDS[mark.system]}${mark.region ? ` in ${mark.region}` : ''}, ${mark.what}, ${CLASS_WORDS[mark.class]}, by ${mark.actor}.`,
  );
  const holds = act.holds.map(
    ({ step, text, since, until }) =>
      `Step ${step} was held from ${offset(act, since)} ${until === null ? 'on' : `to ${offset(act, until)}`}: ${text}.`,
  );
  const exposures = act.exposures.map(
    (exposure) =>
      `In ${exposure.region} ${exposure.later.step} was in effect without ${exposure.earlier.step} for up to ${seconds(lengthOf(exposure, act.toMs))} (${certainty(exposure.certaintyMs)}); ${exposure.denied} requests were denied within it.`,
  );
  return [...marks, ...holds, ...exposures, ...users].join(' ');
}
