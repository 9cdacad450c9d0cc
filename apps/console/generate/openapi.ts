import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../src/api/openapi';

/** Writes schemas/openapi.json: `node dist/apps/console/generate/openapi.js` from the repository's root. */
writeFileSync(join('schemas', 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
