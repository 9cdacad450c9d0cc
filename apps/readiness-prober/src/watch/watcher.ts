import type { Clock } from '@causeway/host';
import type { LookSources } from '../look/plan-looks';
import type { OpenWatch, Sighted } from './open-watch';
import { Places } from './places';
import { WatchLooks } from './watch-looks';

export interface WatcherPorts {
  readonly clock: Clock;
  readonly sources: LookSources;
  report(sighted: Sighted): Promise<boolean>;
}

/** The open watches of this process. They share the looks at a place. */
export class Watcher {
  private readonly watches = new Map<string, WatchLooks>();
  private readonly places: Places;
  private stopped = false;

  constructor(private readonly ports: WatcherPorts) {
    this.places = new Places(ports);
  }

  /** Begins to look at those that are new, and to end those whose sequence has ended. The same watch may come again. */
  follow(watches: readonly OpenWatch[]): void {
    for (const watch of this.stopped ? [] : watches) {
      if (!this.watches.has(watch.watchId)) this.begin(watch);
      if (watch.ending) this.watches.get(watch.watchId)?.end();
    }
  }

  /** How many watches there are now. */
  open(): number {
    return this.watches.size;
  }

  /** Ends all looks. The next process goes on from what was said. */
  stop(): void {
    this.stopped = true;
    for (const looks of this.watches.values()) looks.stop();
    this.watches.clear();
  }

  private begin(watch: OpenWatch): void {
    const { clock, report } = this.ports;
    const ended = (): void => void this.watches.delete(watch.watchId);
    const looks = new WatchLooks(watch, { clock, places: this.places, report, ended });
    this.watches.set(watch.watchId, looks);
    looks.start();
  }
}
