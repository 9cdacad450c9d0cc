import type { ChildProcess } from 'node:child_process';

/** Processes of one service. Each has the first name that no living one has: who comes after one that is gone has its name, as in a StatefulSet. */
export class Replicas {
  private readonly named = new Map<string, ChildProcess>();

  launch<C extends ChildProcess>(start: (env: { readonly CAUSEWAY_INSTANCE: string }) => C): C {
    let name = 'replica-0';
    for (let n = 1; isAlive(this.named.get(name)); n++) name = `replica-${n}`;
    const child = start({ CAUSEWAY_INSTANCE: name });
    this.named.set(name, child);
    return child;
  }
}

const isAlive = (child: ChildProcess | undefined): boolean =>
  child !== undefined && child.exitCode === null && child.signalCode === null;
