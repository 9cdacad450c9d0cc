import type { Act, Lane, Report } from './data';
import { layOut, ticks } from './layout';
import { markup, Markup } from './markup';
import { page } from './page';
import { picture } from './picture';
import { describe as inWords } from './words';

const BEGAN = Date.UTC(2026, 0, 1);
const at = (second: number): number => BEGAN + second * 1_000;
const seen = (second: number, widthSeconds = 0.5) => ({ notBefore: at(second - widthSeconds), seenAt: at(second) });
const lane = (system: Lane['system'], region: string | null, since: number): Lane => ({
  system,
  region,
  spans: [{ state: 'fully', from: seen(since), to: null, text: 'new' }],
});

const act: Act = {
  number: 3,
  title: 'governed, and people go around it',
  story: ['Somebody switches the flag.'],
  outcome: 'completed, diverged',
  fromMs: BEGAN,
  toMs: at(20),
  regions: ['us-east', 'eu-west'],
  lanes: [
    lane('idp', null, 1),
    lane('edge', 'us-east', 4),
    lane('edge', 'eu-west', 14),
    lane('flags', 'us-east', 6),
    lane('flags', 'eu-west', 6),
  ],
  exposures: [
    {
      region: 'eu-west',
      earlier: { step: 'gateway', system: 'edge' },
      later: { step: 'flag', system: 'flags' },
      from: seen(6),
      to: seen(14),
      certaintyMs: 500,
      denied: 2,
    },
  ],
  holds: [{ step: 'flag', text: 'gw-eu-1', since: at(4), until: at(14) }],
  marks: [{ system: 'flags', region: null, at: at(5.6), class: 'early', actor: 'release-team', what: 'flag on' }],
  users: [
    { region: 'us-east', servedAt: [at(1), at(7)], deniedAt: [] },
    { region: 'eu-west', servedAt: [at(1)], deniedAt: [at(7), at(8)] },
  ],
  snapshot: [{ what: 'flag', values: ['on', 'on'] }],
  answers: [{ question: 'causeway exposure', answer: '\u001b[31meu-west\u001b[0m was exposed\n' }],
  checks: [{ what: 'every 403 lies in a window', held: true }],
};
const report = (acts: readonly Act[]): Report => ({
  madeAt: '2026-01-01T00:00:00.000Z',
  durationMs: 200_000,
  acts,
  ledger: { entries: 512, root: 'ab'.repeat(32), verified: true },
});

describe('the report', () => {
  const html = page(report([act]));

  it('needs nothing from anywhere', () => {
    expect(html).not.toMatch(/<script|<link|<img|@import|url\((?!#)|src=|href=/);
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
  });

  it('is well formed: every element is closed in its order', () => {
    const open: string[] = [];
    const voids = new Set(['meta', 'path', 'rect']);
    for (const [, closing, name = '', , selfClosed] of html.matchAll(/<(\/?)([a-z0-9]+)((?:"[^"]*"|[^>"])*?)(\/?)>/g)) {
      if (closing) expect(open.pop()).toBe(name);
      else if (!selfClosed && !voids.has(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('shows no markup that somebody else wrote', () => {
    const evil = `<script>alert("1")</script>'&`;
    const hostile: Act = {
      ...act,
      title: evil,
      story: [evil],
      outcome: evil,
      regions: [evil],
      lanes: [{ system: 'flags', region: evil, spans: [{ state: 'fully', from: seen(1), to: null, text: evil }] }],
      holds: [{ step: evil, text: evil, since: at(1), until: null }],
      marks: [{ system: 'flags', region: evil, at: at(1), class: 'undeclared', actor: evil, what: evil }],
      users: [{ region: evil, servedAt: [], deniedAt: [] }],
      snapshot: [{ what: evil, values: [evil] }],
      answers: [{ question: evil, answer: evil }],
      checks: [{ what: evil, held: false }],
      exposures: [],
    };
    const made = page(report([hostile]));
    expect(made).not.toContain('<script');
    expect(made).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;');
  });

  it('leaves out the colours of a terminal', () => {
    expect(html).toContain('<pre>eu-west was exposed</pre>');
  });

  it('says in words, too, what the picture shows', () => {
    const [, words] = /<desc[^>]*>([^<]*)<\/desc>/.exec(html) ?? [];
    expect(words).toBe(inWords(act));
    expect(words).toContain('5.6 s: feature flag, flag on, early, by release-team.');
    expect(words).toContain('Step flag was held from 4.0 s to 14.0 s: gw-eu-1.');
    expect(words).toContain('In eu-west flag was in effect without gateway for up to 8.5 s');
    expect(words).toContain('eu-west: 3 requests, 2 denied.');
  });
});

describe('the picture', () => {
  const { x, lane: laneAt, users, left, right } = layOut(act);
  const svg = picture(act).text;
  const rounded = (value: number): number => Math.round(value * 10) / 10;

  it('shades the window from the earliest to the latest moment, over the lanes that it concerns and the users', () => {
    const top = laneAt('edge', 'eu-west')?.y as number;
    const foot = users('eu-west') as { y: number; height: number };
    const width = rounded(x(at(14)) - x(at(5.5)));
    const height = rounded(foot.y + foot.height - top);
    expect(svg).toContain(
      `class="exposed-maybe" x="${rounded(x(at(5.5)))}" y="${rounded(top)}" width="${width}" height="${height}"`,
    );
  });

  it('marks a change that was made once for all regions in the lane of each', () => {
    expect(svg.match(/class="mark early"/g)).toHaveLength(2);
  });

  it('cuts what a held gate waits for to the room that there is; the table has it whole', () => {
    const text = 'a reason that goes on and on '.repeat(10).trimEnd();
    const made = picture({ ...act, holds: [{ step: 'flag', text, since: at(4), until: at(14) }] }).text;
    const [, shown = ''] = /class="hold-text over"[^>]*>([^<]*)</.exec(made) ?? [];
    expect(shown).toMatch(/^waits for a reason that goes on .*…$/);
    expect(page(report([{ ...act, holds: [{ step: 'flag', text, since: at(4), until: at(14) }] }]))).toContain(
      `<td>${text}</td>`,
    );
  });

  it('draws each denied request, over the whole lane', () => {
    const [, path = ''] = /class="denied" d="([^"]+)"/.exec(svg) ?? [];
    expect(path.match(/M/g)).toHaveLength(2);
  });

  it('keeps inside what lies outside of the act', () => {
    expect([x(at(-5)), x(at(500))]).toEqual([left, right]);
  });

  it('has no number that is none', () => {
    const still = { ...act, toMs: act.fromMs };
    expect(picture(still).text).not.toMatch(/NaN|Infinity/);
  });
});

describe('markup', () => {
  it('escapes all that is not markup itself', () => {
    expect(markup`<p>${'a < b'}${[new Markup('<br/>'), ' & ']}${Number.NaN}${1.26}</p>`.text).toBe(
      '<p>a &lt; b<br/> &amp; 01.3</p>',
    );
  });

  it('drops what HTML may not hold', () => {
    expect(markup`${'a\u0000b\u001b[1mc'}`.text).toBe('abc');
  });
});

it('the axis names round seconds, not too many', () => {
  expect(ticks(20_000)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  expect(ticks(3_600_000).length).toBeLessThanOrEqual(13);
});
