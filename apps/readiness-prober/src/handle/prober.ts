import type { Clock } from '@causeway/host';
import type { OpenProbe, Round } from './open-probe';
import { planLooks, type LookSources } from './plan-looks';
import { Watch } from './watch';

export interface ProberPorts {
  readonly clock: Clock;
  readonly sources: LookSources;
  report(round: Round): Promise<boolean>;
}

/** The open probes of this process, each looked at by itself. One prober process looks for one schema. */
export class Prober {
  private readonly watches = new Map<string, { readonly probeId: string; readonly watch: Watch }>();
  private stopped = false;

  constructor(private readonly ports: ProberPorts) {}

  /** Begins to look at once. The newest probe of a step replaces the one before it. */
  watch(probes: readonly OpenProbe[]): void {
    for (const probe of this.stopped ? [] : probes) {
      const step = `${probe.request.sequenceId}/${probe.request.step}`;
      const before = this.watches.get(step);
      if (before?.probeId === probe.probeId) continue;
      before?.watch.stop();
      this.begin(step, probe);
    }
  }

  /** How many probes are looked at now. */
  open(): number {
    return this.watches.size;
  }

  /** Ends all looks. What is not reported by now is looked at anew by the next process. */
  stop(): void {
    this.stopped = true;
    for (const { watch } of this.watches.values()) watch.stop();
    this.watches.clear();
  }

  private begin(step: string, probe: OpenProbe): void {
    const { clock, sources, report } = this.ports;
    const ended = (): void => {
      if (this.watches.get(step)?.probeId === probe.probeId) this.watches.delete(step);
    };
    const watch = new Watch(probe, planLooks(probe.request, sources), { clock, report, ended });
    this.watches.set(step, { probeId: probe.probeId, watch });
    watch.start();
  }
}
