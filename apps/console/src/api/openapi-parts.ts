import { MAX_PAGE } from './query';

/** One route as documented. A spec holds this list against the routes that Nest really serves. */
export interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly status?: number;
  readonly content: { readonly type: string; readonly schema: object };
  readonly refusals?: readonly number[];
  readonly open?: boolean;
}

export const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
export const json = (name: string): Route['content'] => ({ type: 'application/json', schema: ref(name) });
export const inPath = (name: string, description: string): object => ({
  ...{ name, in: 'path', required: true, description },
  schema: { type: 'string' },
});
export const inQuery = (name: string, description: string, schema: object = { type: 'string' }): object => ({
  ...{ name, in: 'query', required: false, description, schema },
});
export const LIMIT = inQuery('limit', 'Most items of the answer.', { type: 'integer', minimum: 1, maximum: MAX_PAGE });
export const PAGING = [LIMIT, inQuery('cursor', 'nextCursor of the page before.')];
/** Of a history. */
export const ORDER = inQuery('order', 'What comes first; absent: the oldest. A cursor keeps its order.', {
  enum: ['oldest', 'newest'],
});
export const ID = inPath('id', 'Sequence id.');
export const INDEX = inPath('index', 'Ledger index.');
export const KEY = {
  ...{
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  },
  description: 'The sequence key. The same key and body answer the same; the same key with another body is refused.',
};
