import { readFileSync } from 'node:fs';
import { plan as planSchema, type IntentData } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { sha256Hex } from '@causeway/signing';
import { parse } from 'yaml';
import { CliFailure, EXIT } from '../exit-codes';

/** A plan file as it is sent: the document with files put in place, its name and its digest. */
export interface PlanInput {
  readonly document: IntentData['plan'];
  readonly name: string;
  /** SHA-256 (hex) of the document's RFC 8785 form. */
  readonly digest: string;
}

export function readPlan(path: string): PlanInput {
  const document = parse(readFileSync(path, 'utf8')) as IntentData['plan'];
  const parsed = planSchema.safeParse(document);
  if (!parsed.success) throw new CliFailure(EXIT.badInput, parsed.error.message);
  return { document, name: parsed.data.metadata.name, digest: sha256Hex(canonicalJson(document)) };
}
