import type { FaultKind } from '../faults';
import { NO_BUG, type Seams } from '../seams';

/** A defect that somebody could have written, put in from outside for one run. */
export interface PlantedBug {
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly sentence: string;
  /** Without these it never shows; a biased search makes them frequent. */
  readonly shownBy: readonly FaultKind[];
  /** Stands between two real parts. */
  readonly seams?: Partial<Seams>;
  /** Replaces methods of real classes; returns what puts them back. */
  readonly patch?: () => () => void;
}

export const seamsOf = ({ seams }: PlantedBug): Seams => ({ ...NO_BUG, ...seams });

type Method = (...args: never[]) => unknown;

/** Replaces one method of a class, private or not. */
export function patchMethod<T extends Method>(
  of: { readonly prototype: object },
  name: string,
  make: (original: T) => (this: never, ...args: Parameters<T>) => ReturnType<T>,
): () => void {
  const prototype = of.prototype as Record<string, unknown>;
  const original = prototype[name] as T;
  if (typeof original !== 'function') throw new Error(`a planted bug wants to replace ${name}, which is not there`);
  prototype[name] = make(original);
  return () => {
    prototype[name] = original;
  };
}

/** An object that does everything as the real one, but for some methods. */
export const changed = <T extends object>(real: T, methods: Partial<T>): T =>
  Object.assign(Object.create(real) as T, methods);
