/** Policies for the specs: as good as the original, and each different from every other. */
export type Document = Record<string, unknown>;

export const withoutId = ({ '@id': _id, ...document }: Document): Document => document;

export function marked(document: Document, mark: string): Document {
  const { handle, routes, ...rest } = withoutId(document);
  const header = { handler: 'headers', response: { set: { 'X-Policy-Revision': [mark] } } };
  if (Array.isArray(routes)) return { ...rest, routes: [{ handle: [header] }, ...(routes as unknown[])] };
  return { ...rest, handle: [header, ...((handle ?? []) as unknown[])] };
}
