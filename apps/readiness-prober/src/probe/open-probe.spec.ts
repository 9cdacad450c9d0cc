import { limits, type MemberReading, type ReadingData } from '@causeway/contracts';
import { readingDraft } from './open-probe';

const reading = (member: string, text: string): MemberReading => ({
  scope: 'us-east',
  member,
  takenAt: '2026-01-01T00:00:00.000Z',
  outcome: { kind: 'observed', values: { 'body.version': text } },
  streak: 1,
});

/** A look takes up to so many values for the expectations of a step. */
const wide = (member: string): MemberReading => {
  const values = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`body.field-${i}`, 'x'.repeat(4_000)]));
  return { ...reading(member, ''), outcome: { kind: 'observed', values } };
};

function messageOf(readings: MemberReading[]): ReadingData {
  const request = {
    sequenceId: '00000000-0000-8000-8000-000000000001',
    step: 'a',
    attempt: 1,
    epoch: 2,
    target: 'edge',
  };
  const probe = { probeId: '00000000-0000-7000-8000-000000000001', correlationId: 'story', request };
  return readingDraft({ probe: probe as never, round: 4, readings, sinceAskedMs: 7, last: false }).data as ReadingData;
}

describe('the message of a round', () => {
  it('carries every member', () => {
    const readings = Array.from({ length: 1_000 }, (_, i) => reading(`gw-${i}`, '1.1.0'));
    expect(messageOf(readings)).toMatchObject({ round: 4, epoch: 2, sinceAskedMs: 7, readings });
  });

  it('that would be too large keeps what fits and says where it is cut', () => {
    const sent = messageOf(Array.from({ length: 200 }, (_, i) => reading(`gw-${i}`, 'x'.repeat(4_000))));
    expect(JSON.stringify(sent).length).toBeLessThan(limits.messageBytes - 8_192);
    expect(sent.readings.length).toBeLessThan(200);
    expect(sent.readings.at(-1)?.outcome).toMatchObject({
      reason: expect.stringContaining('200 readings are more than'),
    });
  });

  it('of few members with large answers is cut too', () => {
    const sent = messageOf(['gw-0', 'gw-1', 'gw-2', 'gw-3'].map(wide));
    expect(JSON.stringify(sent).length).toBeLessThan(limits.messageBytes - 8_192);
    expect(sent.readings.map(({ member, outcome }) => [member, outcome.kind])).toEqual([
      ...[0, 1, 2].map((i) => [`gw-${i}`, 'observed']),
      ['gw-3', 'unreachable'],
    ]);
  });
});
