import type { Envelope } from './v1';

/**
 * CloudEvents 1.0, Kafka protocol binding, binary mode: attributes as `ce_` headers, the value is the data.
 * Extensions `causationid` (comma-separated ids), `correlationid` and `partitionkey`.
 */
export type HeaderMap = Readonly<Record<string, string>>;

export const SIGNATURE_HEADER = 'causeway-signature';

export function cloudEventHeaders(event: Envelope, key: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_source: event.source,
    ce_type: event.type,
    ce_subject: event.subject,
    ce_time: event.time,
    ce_correlationid: event.correlationId,
    ce_causationid: event.causationIds.join(','),
    ce_partitionkey: key,
  };
}

/**
 * The first header that is absent or says something else than the signed value, or null.
 * Unknown headers (tracing, a broker's own) are no business of this check.
 */
export function headerMismatch(headers: HeaderMap, event: Envelope, key: string): string | null {
  const wanted = cloudEventHeaders(event, key);
  for (const name of Object.keys(wanted)) if (headers[name] !== wanted[name]) return name;
  return null;
}
