import { entryOf, exportOf, ports, sampleLedger } from '../../spec/sample-ledger';
import { verifyExport } from './verify-export';

const sample = sampleLedger([1, 3, 1]);
const file = exportOf(sample);

describe('an export', () => {
  it('as written verifies', () => {
    expect(verifyExport(file, ports)).toEqual({
      ok: true,
      origin: sample.header.origin,
      entries: 5,
      root: expect.stringMatching(/^[0-9a-f]{64}$/),
      ledgerKey: sample.ledgerKey,
      recordedUntil: '2026-01-31T12:00:01.000Z',
    });
  });

  it('flip', () => {
    let line = 1; const wrong: unknown[] = [];
    const t = Date.now();
    for (let at = 0; at < file.length; at++) {
      for (const mask of [1, 4, 0x20, 0x80]) {
        const changed = file.slice(); changed[at] = (changed[at] as number) ^ mask;
        const v = verifyExport(changed, ports);
        if (v.ok || v.line !== line) wrong.push([at, mask, line, v]);
      }
      if (file[at] === 10) line++;
    }
    console.log(Date.now() - t, file.length, wrong.length, JSON.stringify(wrong.slice(0, 10), null, 1));
  });
});
