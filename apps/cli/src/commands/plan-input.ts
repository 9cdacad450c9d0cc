import type { IntentData } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { formatProblems, readPlanFile } from '@causeway/plan-file';
import { sha256Hex } from '@causeway/signing';
import { CliFailure, EXIT } from '../exit-codes';

/** A plan file as it is sent: the document with files put in place, its name and its digest. */
export interface PlanInput {
  readonly document: IntentData['plan'];
  readonly name: string;
  /** SHA-256 (hex) of the document's RFC 8785 form. */
  readonly digest: string;
}

/** Form and order are checked here; targets are the server's to know. */
export function readPlan(path: string): PlanInput {
  const read = readPlanFile(path, null);
  if (!read.ok)
    throw new CliFailure(EXIT.badInput, `the plan cannot be used\n${formatProblems(path, read.text, read.problems)}`);
  const document = read.document as unknown as IntentData['plan'];
  return { document, name: read.document.metadata.name, digest: sha256Hex(canonicalJson(document)) };
}
