import { stringify } from 'yaml';
import type { Output } from '../settings';

/**
 * One answer in the form that was asked for.
 * @param text the form for people, made only when it is wanted
 * @param items for `jsonl`: a line each; absent: the whole is one line
 */
export function render(output: Output, data: unknown, text: () => string, items?: readonly unknown[]): string {
  switch (output) {
    case 'table':
      return text();
    case 'json':
      return JSON.stringify(data, null, 2);
    case 'yaml':
      return stringify(data).trimEnd();
    case 'jsonl':
      return (items ?? [data]).map((item) => JSON.stringify(item)).join('\n');
  }
}
