import { z } from 'zod';

/**
 * How bad a finding is, worst first. `broken`: the record or its accounting is not what it says it is. `failing`: something does not
 * work, or will not when it is needed. `unknown`: it could not be looked at. `attention`: it waits for a person. `ok`: as it should be.
 */
export const SEVERITIES = ['broken', 'failing', 'unknown', 'attention', 'ok'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What of a silent service is not known. */
export const EVERYTHING = 'everything';

const line = z.string().max(2_000);

/** What one check says of one place. Findings that say the same of the same place are one, whoever saw it. */
export const finding = z.strictObject({
  /** Which check: `schema`, `topics`, `clock`, ... */
  check: line,
  /** The place: a topic, a schema, a service, a sequence. Never holds a credential. */
  where: line,
  severity: z.enum(SEVERITIES),
  /** What is so, with numbers, one line. */
  what: line,
  /** What to do about it, one line; null exactly when it is ok. */
  remedy: line.nullable(),
  /** `service: check` of what is not known because of it. */
  hides: z.array(line).max(1_000).optional(),
});
export type Finding = z.output<typeof finding>;

/** What one service says of its own part. */
export const report = z.strictObject({
  service: line,
  /** When it was made, RFC 3339, by the service's own clock. */
  at: z.string(),
  tookMs: z.number().nonnegative(),
  findings: z.array(finding).max(10_000),
});
export type Report = z.output<typeof report>;

/** A finding, and the services that made it. */
export const seenFinding = finding.extend({ by: z.array(line) });
export type SeenFinding = z.output<typeof seenFinding>;

/** The whole house: what every service says, and which did not answer. */
export const diagnosis = z.strictObject({
  /** RFC 3339, by whoever gathered it. */
  at: z.string(),
  severity: z.enum(SEVERITIES),
  /** Services that were asked. */
  asked: z.array(line),
  /** Worst first. */
  findings: z.array(seenFinding),
});
export type Diagnosis = z.output<typeof diagnosis>;

export const ok = (check: string, where: string, what: string): Finding => ({
  check,
  where,
  severity: 'ok',
  what,
  remedy: null,
});

export const wrong = (
  severity: Exclude<Severity, 'ok'>,
  check: string,
  where: string,
  what: string,
  remedy: string,
): Finding => ({ check, where, severity, what, remedy });
