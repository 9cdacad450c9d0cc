import { execFileSync } from 'node:child_process';
import { mkdirSync, rmdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const CHUNK = Buffer.alloc(4 * 1024 * 1024);
/** Large enough for a run, small enough to be filled in a second or two. Lies in memory: a sync costs nothing there. */
const SIZE_MB = 1_500;

/** A file system of its own that can be filled to the last byte. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** @throws when this user may not mount one here */
  static at(folder: string): SmallDisk {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0777`, 'tmpfs', folder], { stdio: 'pipe' });
    return new SmallDisk(folder);
  }

  /** Until not one more block is free. */
  async fill(): Promise<void> {
    const file = await open(this.ballast, 'w');
    try {
      for (;;) await file.write(CHUNK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.ballast, { force: true });
  }

  stop(): void {
    execFileSync('umount', ['--lazy', this.folder], { stdio: 'pipe' });
    rmdirSync(this.folder);
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}

/** What a run has to fill: null where it was not asked for, or cannot be had here. */
export interface SmallDisks {
  readonly database: SmallDisk | null;
  readonly broker: SmallDisk | null;
  /** For the report. */
  readonly told: string;
}

export const NO_DISKS: SmallDisks = { database: null, broker: null, told: 'not run (--small-disk)' };

/** @param folders where they are to be mounted */
export function mountDisks(folders: { readonly database: string; readonly broker: string }): SmallDisks {
  const mounted: SmallDisk[] = [];
  try {
    for (const folder of [folders.database, folders.broker]) mounted.push(SmallDisk.at(folder));
    const [database, broker] = mounted as [SmallDisk, SmallDisk];
    return { database, broker, told: 'data of database and broker in memory, either filled' };
  } catch (error) {
    for (const one of mounted) one.stop();
    const [why = ''] = String((error as { stderr?: Buffer }).stderr ?? error).split('\n');
    return { database: null, broker: null, told: `not possible here: ${why}` };
  }
}
