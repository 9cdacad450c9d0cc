import { asDatabaseError, DatabaseError } from './database-error';

const failure = (code: string): Error => Object.assign(new Error(`it says ${code}`), { code });
const seenAs = (code: string, duringCommit: boolean): unknown => {
  const error = asDatabaseError(failure(code), duringCommit);
  if (!(error instanceof DatabaseError)) return 'not the database';
  return { retriable: error.retriable, outcomeUnknown: error.outcomeUnknown };
};

const ON_THE_WAY = [
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['08006', '57P01'],
];

describe('a failure of the database', () => {
  it.each(ON_THE_WAY)(
    'on the way to it (%s) is worth another try; during a commit nobody knows its outcome',
    (code) => {
      expect(seenAs(code, false)).toEqual({ retriable: true, outcomeUnknown: false });
      expect(seenAs(code, true)).toEqual({ retriable: true, outcomeUnknown: true });
    },
  );

  it.each(['40001', '40P01', '55P03', '57014', '25P03', '25006', '53300', '57P02', '57P03', '53100', '53200'])(
    'that the server tells and that passes (%s) is worth another try, and nothing was done',
    (code) => {
      expect(seenAs(code, true)).toEqual({ retriable: true, outcomeUnknown: false });
    },
  );

  it.each(['23505', '42P01', '22012', '42501'])('that would come again (%s) is not', (code) => {
    expect(seenAs(code, true)).toEqual({ retriable: false, outcomeUnknown: false });
  });

  it('is not what fails elsewhere', () => {
    expect(seenAs('ENOENT', false)).toBe('not the database');
    expect(asDatabaseError('text', false)).toBe('text');
  });
});
