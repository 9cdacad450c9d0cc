import { Counter, Gauge, Histogram, register } from 'prom-client';

/** The counter of this name (`causeway_..._total`), made at its first use. Never put ids into labels. */
export function counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
  return (
    (register.getSingleMetric(name) as Counter | undefined) ?? new Counter({ name, help, labelNames: [...labelNames] })
  );
}

/** A gauge that asks when it is read. */
export function gauge(name: string, help: string, read: () => number): Gauge {
  register.removeSingleMetric(name);
  return new Gauge({
    name,
    help,
    collect() {
      this.set(read());
    },
  });
}

/** The histogram of this name, made at its first use. `buckets` in the unit that ends the name. */
export function histogram(
  name: string,
  help: string,
  buckets: readonly number[],
  labelNames: readonly string[] = [],
): Histogram {
  const there = register.getSingleMetric(name) as Histogram | undefined;
  return there ?? new Histogram({ name, help, buckets: [...buckets], labelNames: [...labelNames] });
}
