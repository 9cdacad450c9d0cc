/**
 * The systems under change as one process: HTTP, with a journal of its own on disk. It knows nothing of Causeway. A share of
 * its answers gets lost after the write was done, and some writes take long: that is what real systems do.
 */
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { Dice } from '../../simulation/time/dice';
import type { WorldWrite } from './journal';
import { REGIONS, TARGETS, targetNames, type RegionName } from './plan';
import { Resources, type Answer, type Asked } from './resources';

const env = z
  .object({
    WORLD_PORT: z.coerce.number().int(),
    WORLD_JOURNAL: z.string().min(1),
    WORLD_SEED: z.coerce.number().int(),
  })
  .parse(process.env);

const body = z.strictObject({ value: z.string(), attemptId: z.string() });
const target = z.enum(targetNames);
const region = z.enum(REGIONS);

/** Shares of writes. The answers that get lost are lost at the network; the work is done. */
const LOST = 0.03;
const SLOW = 0.05;
const SLOW_MS = [200, 1_500] as const;
/** A call is under way for this long at the least: long enough to die in. */
const WORK_MS = [5, 40] as const;

const resources = new Resources(env.WORLD_SEED, Date.now);
const dice = new Dice(env.WORLD_SEED, 'answers');

async function write(asked: Asked): Promise<Answer | 'lost'> {
  await pause(dice.chance(SLOW) ? dice.int(...SLOW_MS) : dice.int(...WORK_MS));
  const isLost = dice.chance(LOST);
  const { answer, took } = resources.write(asked);
  const { target: name, resource, value, attemptId, by } = asked;
  const line: WorldWrite = {
    ...{ at: Date.now(), target: name, capability: TARGETS[name], resource, value, attemptId, by },
    ...{ ...took, answer: isLost ? 'lost' : 'sent' },
  };
  appendFileSync(env.WORLD_JOURNAL, `${JSON.stringify(line)}\n`);
  return isLost ? 'lost' : answer;
}

async function answerTo(request: IncomingMessage): Promise<Answer | 'lost'> {
  const [, first = '', second = '', third = ''] = (request.url ?? '').split('/');
  if (request.method === 'GET' && first === 'look') return look(region.parse(second), third);
  if (request.method === 'GET') return resources.read(target.parse(first), second);
  if (request.method === 'DELETE') {
    resources.forget(first);
    return { status: 200, body: {} };
  }
  return write(askedOf(request, first, second, body.parse(JSON.parse(await textOf(request)))));
}

const look = (where: RegionName, name: string): Answer => ({
  status: 200,
  body: resources.seenIn(where, target.parse(name)),
});

function askedOf({ headers }: IncomingMessage, name: string, resource: string, given: z.output<typeof body>): Asked {
  const version = headers['if-match'];
  return {
    ...{ target: target.parse(name), resource, ...given, by: String(headers['x-process'] ?? '') },
    ifVersion: version === undefined ? null : Number(version),
    key: headers['idempotency-key']?.toString() ?? null,
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  answerTo(request).then(
    (answer) => {
      if (answer === 'lost') return void response.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    },
    (error: unknown) => void response.writeHead(400).end(String(error)),
  );
}

createServer(serve).listen(env.WORLD_PORT, '127.0.0.1');
