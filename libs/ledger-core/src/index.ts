export { base64Decode, base64Encode } from './bytes/base64';
export { hexDecode, hexEncode } from './bytes/hex';
export { utf8Decode, utf8Encode } from './bytes/utf8';
export { canonicalJson } from './canonical/canonical-json';
export { CanonicalJsonError, type CanonicalFault } from './canonical/canonical-rules';
export { Frontier, type FrontierState, type OnSubtree } from './merkle/frontier';
export {
  consistencyPlan,
  inclusionPlan,
  proofFromPlan,
  type ProofPlan,
  type SubtreeCoordinate,
  type SubtreeReader,
} from './merkle/proof-plan';
export { emptyRoot, leafHash, nodeHash, type Sha256 } from './merkle/tree-hash';
export { consistencyProof, inclusionProof } from './merkle/tree-levels';
export {
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
  type ProofFault,
  type ProofVerdict,
} from './merkle/verify-proof';
export {
  checkpointText,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  type CheckpointFault,
  type OpenedCheckpoint,
  type SignedTree,
} from './checkpoint/checkpoint';
export {
  openNote,
  signNote,
  type NoteFault,
  type NotePorts,
  type NoteSigner,
  type OpenedNote,
  type SignEd25519,
  type VerifyEd25519,
} from './checkpoint/signed-note';
export { encodeVerifierKey, parseVerifierKey, type VerifierKey } from './checkpoint/verifier-key';
export {
  entryBytes,
  entryText,
  parseEntry,
  type LedgerEntry,
  type LedgerEntryData,
  type ParsedEntry,
} from './entry/ledger-entry';
export { entriesText, leavesIn, type EntriesEnvelope, type PublishedEntry } from './entry/entries-message';
export { EXPORT_FORMAT, headerText, signHeader, type ExportHeader, type ExportKey } from './export/export-header';
export { sealText, type ExportSeal } from './export/export-seal';
export type { ExportFault, ExportFaultCode } from './export/export-fault';
export type { ExportOptions, ExportVerdict, VerifiedExport } from './export/export-verdict';
export { verifyExport } from './export/verify-export';
export { MessageVerifier } from './message-signature/message-verifier';
