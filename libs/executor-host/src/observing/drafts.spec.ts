import { limits, type MutationData } from '@causeway/contracts';
import type { SeenMutation } from '@causeway/executor-sdk';
import { mutationDraft } from './drafts';

const added = { target: 'folder', history: 'ordered-ids', observedAt: '2026-01-01T00:00:01.000Z' } as const;
const seen: SeenMutation = {
  resource: 'names/one',
  change: 'put@v1',
  with: { name: 'one' },
  effect: 'set',
  scopes: null,
  actor: { kind: 'user', name: 'somebody' },
  channel: { client: 'hand', token: null, address: '127.0.0.1' },
  before: { kind: 'known', value: null },
  after: { kind: 'known', value: 'there' },
  by: { kind: 'other' },
  source: { id: '7', detail: { line: 7 } },
  happened: { kind: 'at', at: '2026-01-01T00:00:00.000Z' },
};
const dataOf = (one: SeenMutation): MutationData => mutationDraft(one, added).data as MutationData;

it('keeps what was seen, keyed by its target', () => {
  expect(mutationDraft(seen, added)).toMatchObject({ key: 'folder', subject: 'folder', correlationId: 'folder' });
  expect(dataOf(seen)).toEqual({ ...seen, ...added });
});

it('cuts what strangers call themselves between characters', () => {
  const channel = { client: `${'x'.repeat(298)}😀😀`, token: null, address: null };
  const { client } = dataOf({ ...seen, channel }).channel;
  expect(client).toHaveLength(299);
  expect(client?.startsWith('x'.repeat(298))).toBe(true);
  expect(Buffer.from(client as string).toString()).toBe(client);
});

it('leaves out values that no message can hold, and says so; who and when stay', () => {
  const large = { kind: 'known', value: 'x'.repeat(limits.messageBytes) } as const;
  const data = dataOf({ ...seen, after: large });
  expect(data).toMatchObject({ before: { kind: 'unknown' }, after: { kind: 'unknown' }, with: { name: 'one' } });
  expect(data.source.detail).toHaveProperty('leftOut');
  const alsoParameters = dataOf({ ...seen, with: { document: 'x'.repeat(limits.messageBytes) } });
  expect(alsoParameters).toMatchObject({ with: {}, actor: seen.actor, happened: seen.happened });
});

it('refuses what is no mutation, naming the field', () => {
  expect(() => mutationDraft({ ...seen, resource: '' }, added)).toThrow('resource');
});
