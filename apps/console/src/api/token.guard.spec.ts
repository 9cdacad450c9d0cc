import { Controller, Get } from '@nestjs/common';
import { DoorHouse } from '../../spec/door-house';
import { ROUTES } from './openapi';

@Controller('elsewhere')
class Unmarked {
  @Get()
  tell(): string {
    return 'everything';
  }
}

const house = new DoorHouse();
beforeAll(() => house.open([Unmarked]));
afterAll(() => house.close());

/** The path with something at each place that it names. */
const filled = (path: string): string => path.replaceAll(/\{\w+\}/g, '7');
const spellings = (path: string): string[] => [
  path,
  path.replace('/v1/', '/V1/'),
  path.toUpperCase(),
  path.replace(/^\/v1\/[a-z]+/, (start) => start.replace(/[a-z]+$/, (word) => word.toUpperCase())),
  `${path}/`,
  path.replace('/v1/', '/%761/'),
  path.replace('/v1/', '//v1/'),
];

const closed = ROUTES.filter(({ open }) => open !== true);

describe('without a token', () => {
  it.each(closed.map(({ method, path }) => [method, path]))(
    '%s %s is closed, however it is spelt',
    async (method, path) => {
      const asked = spellings(filled(path));
      const answers = await Promise.all(
        asked.map((one) => house.ask(one, { method: method.toUpperCase(), token: null })),
      );
      const told = answers.map(({ status }, nth) => [asked[nth], status]);
      expect(told.filter(([, status]) => status !== 401 && status !== 404)).toEqual([]);
      expect(told[0]).toEqual([asked[0], 401]);
      expect(house.reached).toEqual([]);
    },
  );

  it('what bears no mark is closed wherever it lies', async () => {
    expect((await house.ask('/elsewhere', { token: null })).status).toBe(401);
    expect(await (await house.ask('/elsewhere')).text()).toBe('everything');
  });

  it.each(['/v1/openapi.json', '/health/live', '/health/ready', '/health/self-check', '/metrics'])(
    '%s answers anybody',
    async (path) => {
      const answer = await house.ask(path, { token: null });
      expect(answer.status).toBe(200);
    },
  );
});

describe('with a token', () => {
  it('a path has one spelling', async () => {
    expect((await house.ask('/v1/LEDGER/checkpoint')).status).toBe(404);
    expect(house.reached).toEqual([]);
    await house.ask('/v1/ledger/checkpoint');
    expect(house.reached).toHaveLength(1);
  });
});
