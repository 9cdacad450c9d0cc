import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEAD_LETTER_TYPE,
  mayWrite,
  SIGNATURE_HEADER,
  topicNames,
  type DeadLetterData,
  type ParkReason,
  type TopicSettings,
} from '@causeway/contracts';
import type { World } from '@causeway/lab';
import { seal, type Draft, type Sealed } from '@causeway/messaging';
import { generateKeys, loadSigner, newEventId, type Signer } from '@causeway/signing';
import { FLAG, flagStep, planOf } from './plans';
import { intentDraft, PUBLISHER } from './publisher';

/** One message that must never reach a handler, and the reason it must be parked for. */
export interface Piece {
  readonly what: string;
  readonly reason: ParkReason;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

const PRINCIPALS = ['sequencer', 'readiness-prober', 'ledger', 'console', 'executor-caddy', PUBLISHER];
const MEGABYTE = 1024 * 1024;

/** Makes what can be wrong with a message on a topic, one piece for each way. */
export class Garbage {
  private readonly stranger: Signer;

  constructor(private readonly world: World) {
    const elsewhere = generateKeys(mkdtempSync(join(tmpdir(), 'causeway-stranger-')), ['publisher-stranger']);
    this.stranger = loadSigner(elsewhere.keyFile('publisher-stranger'));
  }

  on(topic: TopicSettings): Piece[] {
    return [...rawPieces(), ...this.unproven(topic), ...this.misplaced(topic)];
  }

  /** Well-formed, but not shown to be from anybody we know, or no message of the language. */
  private unproven(topic: TopicSettings): Piece[] {
    const writer = this.signer(this.writerOf(topic));
    const sound = sealed(sampleFor(topic), writer);
    const other = sealed(sampleFor(topic), writer);
    const { [SIGNATURE_HEADER]: _, ...unsigned } = sound.headers;
    const borrowed = { ...sound.headers, [SIGNATURE_HEADER]: other.headers[SIGNATURE_HEADER] as string };
    const altered = Buffer.from(sound.value.toString('utf8').replace('"causationIds"', '"CausationIds"'));
    return [
      piece('unsigned', 'unsigned', { ...sound, headers: unsigned }),
      piece('the signature of another message', 'bad-signature', { ...sound, headers: borrowed }),
      piece('a byte changed after signing', 'bad-signature', { ...sound, value: altered }),
      piece('a key nobody knows', 'unknown-key', sealed(sampleFor(topic), this.stranger)),
      piece(
        'a type nobody knows',
        'unknown-type',
        sealed({ ...sampleFor(topic), type: 'causeway.moon.risen.v1' }, writer),
      ),
      piece(
        'a day that does not exist',
        'schema',
        sealed({ ...sampleFor(topic), time: '2026-02-30T12:00:00.000Z' }, writer),
      ),
      piece('a character that cannot be stored', unstorableOn(topic), saying('\\u0000', sound, writer)),
      piece('data that are not of the type', 'schema', sealed({ ...sampleFor(topic), data: { key: 1 } }, writer)),
    ];
  }

  /** A sound message that has no business here. */
  private misplaced(topic: TopicSettings): Piece[] {
    const writer = this.signer(this.writerOf(topic));
    const sound = sealed(sampleFor(topic), writer);
    const foreign = sealed(foreignTo(topic), writer);
    const outsider = PRINCIPALS.find((principal) => !mayWrite(topic, principal)) as string;
    return [
      piece('a header that differs', 'header-mismatch', { ...sound, headers: { ...sound.headers, ce_subject: 'x' } }),
      { ...piece('no key', 'header-mismatch', sound), key: null },
      piece('a type of another topic', 'wrong-topic', foreign),
      piece(`from ${outsider}`, 'writer-not-allowed', sealed(sampleFor(topic), this.signer(outsider))),
    ];
  }

  private writerOf(topic: TopicSettings): string {
    return PRINCIPALS.find((principal) => mayWrite(topic, principal)) as string;
  }

  private signer(principal: string): Signer {
    return loadSigner(this.world.services.keyFile(principal));
  }
}

const raw = (what: string, reason: ParkReason, value: Buffer | null): Piece => ({
  what,
  reason,
  value,
  key: 'garbage',
  headers: {},
});

const rawPieces = (): Piece[] => [
  raw('null', 'empty', null),
  raw('nothing', 'empty', Buffer.alloc(0)),
  raw('broken JSON', 'not-json', Buffer.from('{"type": "causeway.intent.published.v1",')),
  raw('1 MB', 'too-large', Buffer.alloc(MEGABYTE, 'x')),
  raw('20,000 levels', 'too-deep', Buffer.from('['.repeat(20_000) + ']'.repeat(20_000))),
  raw('invalid UTF-8', 'not-utf8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])),
];

const piece = (what: string, reason: ParkReason, { key, value, headers }: Sealed): Piece => ({
  what,
  reason,
  key,
  value,
  headers,
});

/** By itself sound: an intent, wherever it is going to lie. */
const sampleFor = (topic: TopicSettings): Draft => ({
  ...intentDraft(planOf('garbage', flagStep(FLAG, true)), 'garbage'),
  topic: topic.name,
});

const foreignTo = (topic: TopicSettings): Draft =>
  topic.name === topicNames.intents ? { ...sampleFor(topic), type: DEAD_LETTER_TYPE, data: PARKED } : sampleFor(topic);

const PARKED: DeadLetterData = {
  topic: topicNames.results,
  partition: 0,
  offset: '0',
  reason: 'empty',
  detail: 'nothing',
  digest: 'a'.repeat(64),
  bytes: 0,
  excerpt: '',
};

/** The ledger's topic may hold it in entries of earlier releases. */
const unstorableOn = ({ name }: TopicSettings): ParkReason => (name === topicNames.ledger ? 'wrong-topic' : 'schema');

/** A seal makes no such text: it is put in before signing. */
function saying(text: string, { key, value, headers, ...rest }: Sealed, signer: Signer): Sealed {
  const said = Buffer.from(value.toString('utf8').replace('"requestedBy":"', `"requestedBy":"${text}`));
  return { ...rest, key, value: said, headers: { ...headers, [SIGNATURE_HEADER]: signer.sign([said])[0] as string } };
}

const sealed = (draft: Draft, signer: Signer): Sealed =>
  seal([draft], { signer, now: Date.now, newId: newEventId, validate: false })[0] as Sealed;
