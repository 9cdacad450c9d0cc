import { CloudEvent, Kafka } from 'cloudevents';
import { cloudEventHeaders, headerMismatch, SIGNATURE_HEADER, type Envelope } from '@causeway/contracts';
import { intentDraft, sealAs } from '../spec/sample-messages';

/**
 * Our codec against the CloudEvents SDK as a peer. The SDK's Kafka binding wants header values as strings, not the Buffers that
 * kafkajs delivers, and leaves the value an object; so both sides meet in strings here.
 */
describe('CloudEvents 1.0, Kafka binding, binary mode', () => {
  const [sealed] = sealAs('console', intentDraft('k'));
  const envelope = JSON.parse(sealed!.value.toString()) as Envelope;

  it('what we send, the SDK reads as the same event', () => {
    const message = { headers: { ...sealed!.headers }, value: sealed!.value.toString(), key: sealed!.key, body: '' };
    expect(Kafka.isEvent(message as never)).toBe(true);
    const event = Kafka.toEvent(message as never) as CloudEvent<Envelope>;
    expect(event).toMatchObject({
      specversion: '1.0',
      id: envelope.id,
      source: '/console',
      type: envelope.type,
      subject: 'k',
      time: envelope.time,
      datacontenttype: 'application/json',
      partitionkey: 'k',
      correlationid: 'k',
      causationid: '',
    });
    expect(event.data).toEqual(envelope);
  });

  it('what the SDK sends of the same event has our headers, and our check finds no difference', () => {
    const { id, type, source, subject, time } = envelope;
    const event = new CloudEvent({
      id,
      type,
      source,
      subject,
      time,
      datacontenttype: 'application/json',
      partitionkey: 'k',
      correlationid: envelope.correlationId,
      causationid: envelope.causationIds.join(','),
      data: envelope,
    });
    const headers = Kafka.binary(event).headers as Record<string, string>;
    const ours = cloudEventHeaders(envelope, 'k');
    for (const name of Object.keys(ours).filter((header) => ours[header] !== ''))
      expect([name, headers[name]]).toEqual([name, ours[name]]);
    expect(headerMismatch({ ...ours, ...definedOf(headers) }, envelope, 'k')).toBeNull();
  });

  it('the signature travels as a plain header beside them', () => {
    expect(
      Object.keys(sealed!.headers)
        .filter((name) => !name.startsWith('ce_'))
        .sort(),
    ).toEqual([SIGNATURE_HEADER, 'content-type']);
  });
});

const definedOf = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
