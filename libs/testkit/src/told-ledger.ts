import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  allTopics,
  CHECKPOINT_TYPE,
  ENTRY_TYPE,
  mayWrite,
  topicNames,
  uuidV7,
  type Envelope,
  type Target,
} from '@causeway/contracts';
import {
  encodeVerifierKey,
  entriesText,
  entryText,
  EXPORT_FORMAT,
  Frontier,
  headerText,
  leafHash,
  sealText,
  signCheckpoint,
  signHeader,
  type EntriesEnvelope,
  type LedgerEntry,
  type NoteSigner,
} from '@causeway/ledger-core';
import { resealed, seal, type Draft, type Sealed } from '@causeway/messaging';
import { generateKeys, loadSigner, loadVerifier, sha256, type Signer } from '@causeway/signing';
import { ClaimBook } from '@causeway/sequence-core';
import { ToldSequence } from './told-sequence';

export const TOLD_ORIGIN = 'causeway.example/told';

const PRINCIPALS = ['sequencer', 'readiness-prober', 'ledger', 'console', 'executor-tester', 'publisher-ci'];
const EXECUTORS = ['tester'];
/** Few, so that a story needs several messages. */
const ENTRIES_A_MESSAGE = 7;

/**
 * A ledger told as a story: real decisions, real signatures, real tree, and a clock that stands still until it is moved. What it
 * holds is what the ledger service would have published and what an export of it would contain.
 */
export class ToldLedger {
  readonly folder = mkdtempSync(join(tmpdir(), 'causeway-told-'));
  readonly keys = generateKeys(this.folder, PRINCIPALS);
  /** Leaf texts, in order. */
  readonly entries: string[] = [];
  readonly claims = new ClaimBook([], 0);
  private readonly sequences = new Map<string, ToldSequence>();
  private frontier = Frontier.empty(sha256);
  private nowMs = Date.UTC(2026, 0, 31, 12, 0, 0);
  private ids = 0;
  private readonly signers = new Map<string, Signer>();

  constructor(readonly targets: ReadonlyMap<string, Target>) {}

  get at(): string {
    return new Date(this.nowMs).toISOString();
  }

  pass(ms: number): void {
    this.nowMs += ms;
  }

  /** The n-th id of a story is always the same. */
  readonly newId = (): string => {
    const random = new Uint8Array(10);
    new DataView(random.buffer).setUint32(6, ++this.ids);
    return uuidV7(this.nowMs, random);
  };

  /** A change intent arrives and is decided on. */
  submit(plan: unknown, more: { key?: string; mode?: 'apply' | 'preview'; publisher?: string } = {}): ToldSequence {
    const sequence = new ToldSequence(this, { key: 'CHG-1', mode: 'apply', publisher: 'publisher-ci', ...more });
    sequence.intent(plan);
    return sequence;
  }

  /** What became of a sequence's conflict keys; those right behind one that has ended move up. */
  noteClaim(sequence: ToldSequence, record: string): void {
    this.sequences.set(sequence.id, sequence);
    const next = sequence.state.status === 'ended' ? this.claims.behind(sequence.id) : [];
    this.claims.note(sequence.id, sequence.state);
    for (const id of next) this.sequences.get(id)?.freed(record);
  }

  /** Signs drafts as a principal and records them, in order. */
  record(principal: string, drafts: readonly Draft[]): Sealed[] {
    const sealed = seal(drafts, { signer: this.signer(principal), now: () => this.nowMs, newId: this.newId });
    sealed.forEach((message) => this.append(message));
    return sealed;
  }

  /** Entries from `from` on and the newest checkpoint, as messages of the ledger. */
  published(from = 0, withHeader = true): { entries: Sealed[]; checkpoint: Sealed } {
    const signer = this.signer('ledger');
    const entries: Sealed[] = [];
    for (let i = from; i < this.entries.length; i += ENTRIES_A_MESSAGE) {
      const value = Buffer.from(entriesText(this.envelope(), this.entries.slice(i, i + ENTRIES_A_MESSAGE)), 'utf8');
      const [signature] = signer.sign([value]) as [string];
      entries.push(resealed(topicNames.ledger, TOLD_ORIGIN, value, signature));
    }
    const exportHeader = withHeader ? { line: this.headerLine(), note: this.headerNote() } : undefined;
    const data = { origin: TOLD_ORIGIN, size: this.entries.length, note: this.checkpointNote(), exportHeader };
    const draft = {
      ...{ topic: topicNames.checkpoints, key: TOLD_ORIGIN, type: CHECKPOINT_TYPE, subject: TOLD_ORIGIN },
      ...{ correlationId: TOLD_ORIGIN, causationIds: [], data },
    };
    const [checkpoint] = seal([draft], { signer, now: () => this.nowMs, newId: this.newId }) as [Sealed];
    return { entries, checkpoint };
  }

  /** Verifier key of the ledger. */
  get ledgerKey(): string {
    return encodeVerifierKey(sha256, this.noteSigner());
  }

  checkpointNote(): string {
    const { size } = this.frontier;
    return signCheckpoint(sha256, { origin: TOLD_ORIGIN, size, root: this.frontier.root() }, this.noteSigner());
  }

  /** @param entries other leaf texts than those told, signed as if they were: what a dishonest ledger would export */
  exportText(entries: readonly string[] = this.entries): string {
    const leafHashes = entries.map((text) => leafHash(sha256, Buffer.from(text, 'utf8')));
    const tree = Frontier.empty(sha256).appendAll(leafHashes);
    const checkpoint = signCheckpoint(
      sha256,
      { origin: TOLD_ORIGIN, size: tree.size, root: tree.root() },
      this.noteSigner(),
    );
    const last = sealText({ checkpoint, entries: entries.length, headerNote: this.headerNote(), leafHashes });
    return [this.headerLine(), ...entries, last].map((line) => `${line}\n`).join('');
  }

  signer(principal: string): Signer {
    const there = this.signers.get(principal) ?? loadSigner(this.keys.keyFile(principal));
    this.signers.set(principal, there);
    return there;
  }

  private append({ topic, key, headers, value }: Sealed): void {
    const message = JSON.parse(value.toString('utf8')) as Envelope;
    const index = this.entries.length;
    const entry: LedgerEntry = {
      id: this.newId(),
      type: ENTRY_TYPE,
      source: '/ledger',
      subject: message.subject,
      time: this.at,
      correlationId: message.correlationId,
      causationIds: [message.id],
      data: {
        index,
        eventId: message.id,
        eventType: message.type,
        topic,
        partition: 0,
        offset: String(index),
        key,
        signature: headers['causeway-signature'] ?? '',
        value: value.toString('utf8'),
      },
    };
    const text = entryText(entry);
    this.entries.push(text);
    this.frontier = this.frontier.append(leafHash(sha256, Buffer.from(text, 'utf8')));
  }

  private envelope(): EntriesEnvelope {
    const common = { subject: TOLD_ORIGIN, correlationId: TOLD_ORIGIN, causationIds: [] };
    return { ...common, id: this.newId(), source: '/ledger', time: this.at };
  }

  private headerLine(): string {
    const topics = allTopics(EXECUTORS);
    return headerText({
      format: EXPORT_FORMAT,
      origin: TOLD_ORIGIN,
      ledgerKey: this.ledgerKey,
      keys: loadVerifier(this.keys.trustFile).keys.map(({ keyId, principal, publicKey }) => ({
        ...{ keyId, principal, publicKey },
        topics: topics.filter((topic) => mayWrite(topic, principal)).map(({ name }) => name),
      })),
    });
  }

  private headerNote(): string {
    return signHeader(sha256, Buffer.from(this.headerLine(), 'utf8'), this.noteSigner());
  }

  private noteSigner(): NoteSigner {
    const own = loadVerifier(this.keys.trustFile).keys.find(({ principal }) => principal === 'ledger');
    const publicKey = Buffer.from(own?.publicKey ?? '', 'base64');
    return { name: TOLD_ORIGIN, publicKey, sign: (bytes) => this.signer('ledger').signBytes(bytes) };
  }
}
