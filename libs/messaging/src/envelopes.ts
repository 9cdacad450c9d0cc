import type { Message } from '@causeway/contracts';

/** A message that passed the door: parsed, verified, allowed where it lay. */
export interface Received<T extends Message = Message> {
  readonly message: T;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  /** The value's exact bytes: what was signed, what is hashed and stored. */
  readonly bytes: Buffer;
  /** The signature header as it came. */
  readonly signature: string;
  /** SHA-256 of `bytes`, lower-case hex. */
  readonly digest: string;
  readonly principal: string;
}

/** A message to be made. `id` and `time` are made when absent. */
export interface Draft {
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly subject: string;
  readonly correlationId: string;
  readonly causationIds: readonly string[];
  readonly data: unknown;
  readonly id?: string;
  /** RFC 3339, UTC. */
  readonly time?: string;
}

/** A message ready to be stored and sent: its bytes never change again. */
export interface Sealed {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}
