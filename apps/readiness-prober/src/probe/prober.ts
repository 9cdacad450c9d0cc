import type { Clock } from '@causeway/host';
import { planLooks, type LookSources } from '../look/plan-looks';
import type { OpenProbe, Round } from './open-probe';
import { ProbeLooks } from './probe-looks';

export interface ProberPorts {
  readonly clock: Clock;
  readonly sources: LookSources;
  report(round: Round): Promise<boolean>;
}

/** The open probes of this process, each looked at by itself. One prober process looks for one schema. */
export class Prober {
  private readonly probes = new Map<string, { readonly probeId: string; readonly looks: ProbeLooks }>();
  private stopped = false;

  constructor(private readonly ports: ProberPorts) {}

  /** Begins to look at once. The newest probe of a step replaces the one before it. */
  look(probes: readonly OpenProbe[]): void {
    for (const probe of this.stopped ? [] : probes) {
      const step = `${probe.request.sequenceId}/${probe.request.step}`;
      const before = this.probes.get(step);
      if (before?.probeId === probe.probeId) continue;
      before?.looks.stop();
      this.begin(step, probe);
    }
  }

  /** How many probes are looked at now. */
  open(): number {
    return this.probes.size;
  }

  /** Ends all looks. What is not reported by now is looked at anew by the next process. */
  stop(): void {
    this.stopped = true;
    for (const { looks } of this.probes.values()) looks.stop();
    this.probes.clear();
  }

  private begin(step: string, probe: OpenProbe): void {
    const { clock, sources, report } = this.ports;
    const ended = (): void => {
      if (this.probes.get(step)?.probeId === probe.probeId) this.probes.delete(step);
    };
    const looks = new ProbeLooks(probe, planLooks(probe.request, sources), { clock, report, ended });
    this.probes.set(step, { probeId: probe.probeId, looks });
    looks.start();
  }
}
