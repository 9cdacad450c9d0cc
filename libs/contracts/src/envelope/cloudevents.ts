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
  if (headers.ce_id !== event.id) return 'ce_id';
  if (headers.ce_type !== event.type) return 'ce_type';
  if (headers.ce_source !== event.source) return 'ce_source';
  if (headers.ce_subject !== event.subject) return 'ce_subject';
  if (headers.ce_time !== event.time) return 'ce_time';
  if (headers.ce_correlationid !== event.correlationId) return 'ce_correlationid';
  if (headers.ce_causationid !== event.causationIds.join(',')) return 'ce_causationid';
  if (headers.ce_partitionkey !== key) return 'ce_partitionkey';
  if (headers.ce_specversion !== '1.0') return 'ce_specversion';
  return headers['content-type'] === 'application/json' ? null : 'content-type';
}
