import { createColors } from 'picocolors';

/** Colours by meaning. Without colour each gives its text back. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  wait(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
}

export function paint(colour: boolean): Paint {
  const { green, red, yellow, dim, bold } = createColors(colour);
  return { good: green, bad: red, wait: yellow, dim, strong: bold };
}

export const PLAIN: Paint = paint(false);
