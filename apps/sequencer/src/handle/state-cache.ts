/**
 * States of the streams decided on lately, least recently used out first. Only a shortcut: the expected version decides
 * whether a cached state was still the newest one.
 */
export class StateCache<S> {
  private readonly states = new Map<string, S>();

  constructor(private readonly capacity: number) {}

  get(id: string): S | undefined {
    return this.states.get(id);
  }

  set(id: string, state: S): void {
    this.states.delete(id);
    this.states.set(id, state);
    if (this.states.size > this.capacity) this.states.delete(this.states.keys().next().value as string);
  }

  forget(ids: Iterable<string>): void {
    for (const id of ids) this.states.delete(id);
  }
}
