import { limits, type MemberReading, type ReadingData } from '@causeway/contracts';
import { readingDraft } from './open-probe';

const reading = (member: string, text: string): MemberReading => ({
  scope: 'us-east',
  member,
  takenAt: '2026-01-01T00:00:00.000Z',
  outcome: { kind: 'observed', values: { 'body.version': text } },
  streak: 1,
});

function messageOf(readings: MemberReading[]): ReadingData {
  const request = {
    sequenceId: '00000000-0000-8000-8000-000000000001',
    step: 'a',
    attempt: 1,
    epoch: 2,
    target: 'edge',
  };
  const probe = { probeId: '00000000-0000-7000-8000-000000000001', correlationId: 'story', request };
  return readingDraft({ probe: probe as never, round: 4, readings, last: false }).data as ReadingData;
}

describe('the message of a round', () => {
  it('carries every member', () => {
    const readings = Array.from({ length: 1_000 }, (_, i) => reading(`gw-${i}`, '1.1.0'));
    expect(messageOf(readings)).toMatchObject({ round: 4, epoch: 2, readings });
  });

  it('that would be too large keeps what fits and says where it is cut', () => {
    const sent = messageOf(Array.from({ length: 200 }, (_, i) => reading(`gw-${i}`, 'x'.repeat(4_000))));
    expect(JSON.stringify(sent).length).toBeLessThan(limits.messageBytes - 8_192);
    expect(sent.readings.length).toBeLessThan(200);
    expect(sent.readings.at(-1)?.outcome).toMatchObject({
      reason: expect.stringContaining('200 readings are more than'),
    });
  });
});
