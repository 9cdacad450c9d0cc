import { wrong, type Finding, type Report } from './finding';

/** One look at one matter. What it throws, and its silence, become a finding. */
export interface Check<T> {
  readonly name: string;
  /** @param nowMs by the clock of who looks, Unix milliseconds */
  look(on: T, nowMs: number): Promise<Finding[]>;
}

/** What checks stand on: a database, a broker. When it cannot be had, none of them says anything, and that is said once. */
export interface Ground<T> {
  readonly name: string;
  /** Where it is, without credentials: the same text in every service that uses the same one. */
  readonly where: string;
  readonly remedy: string;
  open(): Promise<T>;
  close(on: T): Promise<void>;
  readonly checks: readonly Check<T>[];
}

/** All checks of one ground, whatever it is. */
export type Checks = (run: Run) => Promise<Finding[]>;

interface Run {
  readonly service: string;
  readonly deadlineMs: number;
  readonly nowMs: number;
}

export const checksOn =
  <T>(ground: Ground<T>): Checks =>
  (run) =>
    onGround(ground, run);

export interface RunOptions {
  readonly service: string;
  readonly grounds: readonly Checks[];
  /** Unix milliseconds, for people. */
  now(): number;
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number;
  /** How long one check, or the opening of one ground, may take, milliseconds. */
  readonly deadlineMs?: number;
}

/** One check's, and the opening of one ground's. */
export const CHECK_DEADLINE_MS = 8_000;

/** Runs all checks side by side, each within its deadline. One that fails or hangs hides no other. Never rejects. */
export async function runSelfCheck({ service, grounds, now, monotonic, deadlineMs }: RunOptions): Promise<Report> {
  const begun = monotonic();
  const nowMs = now();
  const at = new Date(nowMs).toISOString();
  const run = { service, nowMs, deadlineMs: deadlineMs ?? CHECK_DEADLINE_MS };
  const found = await Promise.all(grounds.map((checks) => checks(run)));
  return { service, at, tookMs: Math.max(0, Math.round(monotonic() - begun)), findings: found.flat() };
}

async function onGround<T>(ground: Ground<T>, run: Run): Promise<Finding[]> {
  const opening = ground.open();
  let on: T;
  try {
    on = await within(run.deadlineMs, opening);
  } catch (error) {
    // What opens too late is let go again.
    void opening.then((late) => ground.close(late)).catch(() => undefined);
    return [noGround(ground, run.service, error)];
  }
  try {
    return (await Promise.all(ground.checks.map((check) => looked(check, on, run)))).flat();
  } finally {
    // A connection on which something hangs may hang itself: nobody waits for it.
    void ground.close(on).catch(() => undefined);
  }
}

const noGround = <T>({ name, where, remedy, checks }: Ground<T>, service: string, error: unknown): Finding => ({
  ...wrong('failing', name, where, messageOf(error), remedy),
  hides: checks.map((check) => `${service}: ${check.name}`),
});

async function looked<T>(check: Check<T>, on: T, { service, deadlineMs, nowMs }: Run): Promise<Finding[]> {
  try {
    return await within(deadlineMs, check.look(on, nowMs));
  } catch (error) {
    const remedy = 'ask again; if it stays so, what it looks at does not answer: the log of the service tells more';
    return [wrong('unknown', check.name, service, `could not be looked at: ${messageOf(error)}`, remedy)];
  }
}

export async function within<T>(deadlineMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs / 1_000} s`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // It may still fail, later, with nobody listening.
    work.catch(() => undefined);
  }
}

/** One line: findings are lines. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).replace(/\s+/g, ' ').slice(0, 500);
