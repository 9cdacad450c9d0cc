import { CursorLost } from '@causeway/executor-sdk';
import { z } from 'zod';
import { storedCursor } from './stored-cursor';

const form = z.object({ offset: z.number() });

it('is the cursor in its form', () => {
  expect(storedCursor(form, { offset: 7 })).toEqual({ offset: 7 });
});

it.each([[null], ['7'], [{}], [{ offset: '7' }]])('is lost when it has another form: %j', (cursor) => {
  expect(() => storedCursor(form, cursor)).toThrow(CursorLost);
});
