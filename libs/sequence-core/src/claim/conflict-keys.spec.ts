import { limits } from '@causeway/contracts';
import { conflictKeyOf } from '../index';

const step = (identifiedBy: string[], parameters: Record<string, never>, change = 'toggle@v1') => ({
  ...{ target: 'flags', change, identifiedBy, with: parameters },
});
const values = (of: object) => of as Record<string, never>;

describe('a conflict key', () => {
  it('names target, kind of change and what identifies the resource, not what it becomes', () => {
    const key = conflictKeyOf(step(['flag'], values({ flag: 'x', enabled: true })));
    expect(key).toBe('flags/toggle?flag="x"');
    expect(conflictKeyOf(step(['flag'], values({ flag: 'x', enabled: false }), 'toggle@v2'))).toBe(key);
    expect(conflictKeyOf(step([], values({ enabled: false })))).toBe('flags/toggle');
  });

  it('is the same for the same value, however it is written', () => {
    const one = conflictKeyOf(step(['at', 'of'], values({ at: { a: 1, b: [{ c: 2, d: 3 }] }, of: 'x' })));
    expect(conflictKeyOf(step(['of', 'at'], values({ of: 'x', at: { b: [{ d: 3, c: 2 }], a: 1 } })))).toBe(one);
  });

  it('tells text from other values', () => {
    expect(conflictKeyOf(step(['flag'], values({ flag: '1' })))).not.toBe(
      conflictKeyOf(step(['flag'], values({ flag: 1 }))),
    );
  });

  it('has a limit', () => {
    expect(conflictKeyOf(step(['flag'], values({ flag: 'x'.repeat(10_000) })))).toHaveLength(limits.conflictKey);
  });
});
