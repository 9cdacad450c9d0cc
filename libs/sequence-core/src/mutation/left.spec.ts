import { isAsLeft, leave, UNTOLD, type Content, type Left } from './left';

const ON: Content = { effect: 'set', with: { value: 'on' } };
const OFF: Content = { effect: 'set', with: { value: 'off' } };
const US = [{ scope: 'us-east', members: ['us-1', 'us-2'] }];
const US_1 = [{ scope: 'us-east', members: ['us-1'] }];
const EU = [{ scope: 'eu-west', members: ['us-1'] }];
type Where = Parameters<typeof leave>[2];

const after = (...told: [Content, Where][]): Left =>
  told.reduce((left, [content, where]) => leave(left, content, where), UNTOLD);
const isOn = (left: Left, scopes: Where): boolean => isAsLeft({ ...ON, scopes }, left);

describe('a resource', () => {
  it.each<[string, Left, Where]>([
    ['where it was told so', after([ON, US]), US],
    ['in a part of where it was', after([ON, US]), US_1],
    ['anywhere, told of everywhere', after([ON, null]), EU],
    ['everywhere, told of everywhere', after([ON, null]), null],
    ['everywhere, told of everywhere and then of a part', after([ON, null], [ON, US]), null],
    ['in a part, told after everywhere', after([OFF, null], [ON, US]), US],
    ['everywhere, told after a part', after([OFF, US], [ON, null]), null],
    ['in two parts that were told apart', after([ON, US], [ON, EU]), [...US, ...EU]],
  ])('was left so %s', (_where, left, where) => {
    expect(isOn(left, where)).toBe(true);
  });

  it.each<[string, Left, Where]>([
    ['anywhere, before anybody told of it', UNTOLD, US],
    ['everywhere, before anybody told of it', UNTOLD, null],
    ['in another region', after([ON, US]), EU],
    ['everywhere, told of a part', after([ON, US]), null],
    ['at more members than were told', after([ON, US_1]), US],
    ['where it was told otherwise since', after([ON, US], [OFF, US_1]), US],
    ['everywhere, told otherwise of a part since', after([ON, null], [OFF, US_1]), null],
    ['in a part, told otherwise of everywhere since', after([ON, US], [OFF, null]), US],
  ])('was not left so %s', (_where, left, where) => {
    expect(isOn(left, where)).toBe(false);
  });

  it('is remembered in a bounded number of places, those told last', () => {
    const part = (n: number): Where => [{ scope: `s-${n}`, members: ['it'] }];
    let left = after([OFF, null], [ON, part(0)], [ON, part(1)], [ON, part(0)]);
    for (let n = 2; n <= 4_096; n++) left = leave(left, ON, part(n));
    expect(left.at.size).toBe(4_096);
    expect([part(0), part(1), part(2)].map((where) => isOn(left, where))).toEqual([true, false, true]);
    // Nor is the one that was forgotten taken for what had been told of all.
    expect(isAsLeft({ ...OFF, scopes: part(1) }, left)).toBe(false);
  });
});
