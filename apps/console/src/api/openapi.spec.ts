import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestMethod } from '@nestjs/common';
import { DecisionsController } from './decisions.controller';
import { DoctorController } from './doctor.controller';
import { IntentsController } from './intents.controller';
import { LedgerController } from './ledger.controller';
import { MutationsController } from './mutations.controller';
import { openApiDocument, ROUTES } from './openapi';
import { OpenApiController } from './openapi.controller';
import { PathsController } from './paths.controller';
import { SequencesController } from './sequences.controller';
import { SituationController } from './situation.controller';
import { StreamsController } from './streams.controller';
import { TargetsController } from './targets.controller';

const CONTROLLERS = [
  DecisionsController,
  DoctorController,
  IntentsController,
  LedgerController,
  MutationsController,
  OpenApiController,
  PathsController,
  SituationController,
  SequencesController,
  StreamsController,
  TargetsController,
];

/** `get /v1/sequences/{id}` of every method that Nest serves. */
function served(): string[] {
  return CONTROLLERS.flatMap((controller) => {
    const base = Reflect.getMetadata('path', controller) as string;
    const { prototype } = controller as unknown as { readonly prototype: Record<string, unknown> };
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = prototype[name] as object;
      const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const path = [base, Reflect.getMetadata('path', handler) as string].filter((part) => part !== '/').join('/');
      return [`${RequestMethod[method].toLowerCase()} /${path.replaceAll(/:(\w+)/g, '{$1}')}`];
    });
  });
}

describe('the OpenAPI document', () => {
  it('describes exactly the routes that are served', () => {
    expect(ROUTES.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(served().sort());
  });

  it('is the one that is committed', () => {
    const committed = readFileSync(join(__dirname, '../../../../schemas/openapi.json'), 'utf8');
    // Differs: node dist/apps/console/generate/openapi.js
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  it('refers only to schemas that it holds', () => {
    const text = JSON.stringify(openApiDocument());
    const { components } = openApiDocument() as { readonly components: { readonly schemas: Record<string, unknown> } };
    const names = [...text.matchAll(/"#\/components\/schemas\/([A-Za-z]+)/g)].map(([, name]) => name as string);
    expect(names.filter((name) => !(name in components.schemas))).toEqual([]);
  });

  it('names every operation once', () => {
    const ids = ROUTES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
