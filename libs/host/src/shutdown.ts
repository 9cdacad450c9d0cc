import { Injectable } from '@nestjs/common';

/** In this order: nothing new comes in, what is under way ends, what it decided is sent, then the connections go. */
const PHASES = ['intake', 'work', 'relay', 'connections'] as const;
export type Phase = (typeof PHASES)[number];

interface Step {
  readonly phase: Phase;
  readonly name: string;
  stop(): Promise<unknown> | unknown;
}

/** The order in which a service lets go (trap N10). Steps of one phase stop together. */
@Injectable()
export class Shutdown {
  private readonly steps: Step[] = [];
  private running: Promise<void> | null = null;

  add(phase: Phase, name: string, stop: () => Promise<unknown> | unknown): void {
    this.steps.push({ phase, name, stop });
  }

  /** Runs all phases once; a step that fails is told and does not hold up the others. */
  run(onFailure: (name: string, error: unknown) => void): Promise<void> {
    this.running ??= this.stopAll(onFailure);
    return this.running;
  }

  private async stopAll(onFailure: (name: string, error: unknown) => void): Promise<void> {
    for (const phase of PHASES) {
      const steps = this.steps.filter((step) => step.phase === phase);
      await Promise.all(
        steps.map(async (step) => {
          try {
            await step.stop();
          } catch (error) {
            onFailure(step.name, error);
          }
        }),
      );
    }
  }
}
