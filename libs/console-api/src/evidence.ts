import { z } from 'zod';
import { position } from './sequences';

const base64Hash = z.base64().length(44);

/** Entries with their inclusion proofs (RFC 9162), all against one signed checkpoint: what an answer rests on, for whoever doubts it. */
export const evidence = z.strictObject({
  size: position,
  root: base64Hash,
  /** C2SP signed note. */
  checkpoint: z.string(),
  entries: z.array(
    z.strictObject({
      index: position,
      /** The exact text that was hashed. */
      leaf: z.string(),
      proof: z.array(base64Hash),
    }),
  ),
});
export type Evidence = z.output<typeof evidence>;
