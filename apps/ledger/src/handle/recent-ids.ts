/**
 * Ids of the events appended lately, so that "is it in?" rarely asks the database.
 * Two halves: when the young one is full it becomes the old one, and the old one is forgotten. Costs one Set insert an id.
 */
export class RecentIds {
  private young = new Set<string>();
  private old = new Set<string>();
  private complete = true;

  /** @param capacity ids kept at the least; at the most twice as many */
  constructor(private readonly capacity: number) {}

  /** True while nothing was forgotten: an id that is not here is nowhere. */
  get isComplete(): boolean {
    return this.complete;
  }

  has(id: string): boolean {
    return this.young.has(id) || this.old.has(id);
  }

  add(id: string): void {
    this.young.add(id);
    if (this.young.size < this.capacity) return;
    if (this.old.size > 0) this.complete = false;
    this.old = this.young;
    this.young = new Set();
  }

  /** There are ids that were never added. */
  markIncomplete(): void {
    this.complete = false;
  }
}
