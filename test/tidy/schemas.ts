import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageSchemas, plan, target } from '@causeway/contracts';
import { z } from 'zod';
import { asyncApiDocument } from './asyncapi';

/**
 * The language as documents: JSON Schema (draft 2020-12) of plan, target and every message, and an AsyncAPI document of the
 * topics. `node dist/test/tidy/schemas.js` writes them under `schemas/`; with `--check` it fails where they differ.
 */
const ID_BASE = 'urn:causeway:schema';

const jsonSchema = (name: string, schema: z.ZodType): object => ({
  $id: `${ID_BASE}:${name.replaceAll('/', ':')}`,
  ...z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }),
});

function documents(): Map<string, string> {
  const messages = Object.entries(messageSchemas).map(([type, schema]): [string, object] => [
    `messages/${type}.schema.json`,
    jsonSchema(`messages/${type}`, schema),
  ]);
  const all: [string, object][] = [
    ['plan.schema.json', jsonSchema('plan', plan)],
    ['target.schema.json', jsonSchema('target', target)],
    ...messages,
    ['asyncapi.json', asyncApiDocument()],
  ];
  return new Map(all.map(([path, document]) => [join('schemas', path), `${JSON.stringify(document, null, 2)}\n`]));
}

function write(all: Map<string, string>): void {
  for (const [path, text] of all) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  console.log(`${all.size} documents written under schemas/`);
}

function check(all: Map<string, string>): number {
  const stale = [...all].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  for (const [path] of stale)
    console.error(`${path} differs from the code: run "npm run schemas" and commit what it writes`);
  return stale.length === 0 ? 0 : 1;
}

if (process.argv.includes('--check')) process.exitCode = check(documents());
else write(documents());
