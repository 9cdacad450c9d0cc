/**
 * The named points of a step's life at which a process dies (reliability.md, 6.1), as what the process is just about to do, does,
 * or has just done. They are met from outside our code: statements have names, topics too.
 */
export const POINTS = {
  P0: 'a request of the console is not committed yet',
  P1: 'a decision is committed, nothing of it is published',
  P2: 'published, not marked as published',
  P3: 'a command is read, its claim is not committed',
  P4: 'claimed, the call to the target has not left',
  P5: 'the call to the target is under way',
  P6: 'the target has answered, nothing is noted',
  P7: 'a result is committed, not published',
  P8: 'a result is published, the sequencer has not taken it',
  P9: 'the prober is looking',
  P10: 'a gate is found open, the next command is not committed',
  P11: 'entries are in the ledger, their offsets are not committed',
  P12: 'a checkpoint is being published',
} as const;
export type PointName = keyof typeof POINTS;
export const pointNames = Object.keys(POINTS) as PointName[];

/** Services by name, as the lab calls them; a twin is `<name>-2`. */
export const SERVICES = ['console', 'sequencer', 'executor-world', 'readiness-prober', 'ledger'] as const;
export type ServiceName = (typeof SERVICES)[number];
export const TWINS: readonly ServiceName[] = ['sequencer', 'executor-world', 'readiness-prober', 'ledger'];

/** Where each point can be met. */
export const MET_BY: Readonly<Record<PointName, readonly ServiceName[]>> = {
  P0: ['console'],
  P1: ['sequencer', 'console'],
  P2: ['sequencer', 'executor-world', 'readiness-prober', 'console'],
  P3: ['executor-world'],
  P4: ['executor-world'],
  P5: ['executor-world'],
  P6: ['executor-world'],
  P7: ['executor-world'],
  P8: ['sequencer'],
  P9: ['readiness-prober'],
  P10: ['sequencer'],
  P11: ['ledger'],
  P12: ['ledger'],
};

/** What a process does at its point. */
export type Deed = 'kill' | 'stop';

/**
 * What a process is to do to itself: at a point, having passed it so many times first; or so long after the start of the process
 * (`start`), milliseconds.
 */
export interface Arming {
  readonly point: PointName | 'start';
  readonly pass: number;
  readonly afterMs?: number;
  readonly deed: Deed;
}

/** What a process says just before it does so. */
export interface Hit {
  readonly at: number;
  readonly name: string;
  readonly pid: number;
  readonly point: PointName | 'start';
  readonly deed: Deed;
}

/** Names under which a process finds its part in the environment. */
export const ENV = { name: 'CHAOS_NAME', folder: 'CHAOS_FOLDER' } as const;
export const armFile = (folder: string, name: string): string => `${folder}/${name}.arm.json`;
export const hitsFile = (folder: string): string => `${folder}/hits.ndjson`;
