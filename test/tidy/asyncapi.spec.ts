import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

it('the committed AsyncAPI document is valid and names every topic', async () => {
  const text = readFileSync('schemas/asyncapi.json', 'utf8');
  const { document, diagnostics } = await new Parser().parse(text, {
    source: `${process.cwd()}/schemas/asyncapi.json`,
  });
  expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
  expect(document?.allChannels().all().length).toBe(12);
}, 60_000);
