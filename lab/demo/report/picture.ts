import type { Act, Exposure, Lane, Mark, Span } from './data';
import { layOut, ticks, WIDTH, type Band, type Layout } from './layout';
import { markup, NOTHING, type Markup } from './markup';
import { markShape, requestLines } from './shapes';
import { CLASS_WORDS, describe, seconds, SYSTEM_WORDS } from './words';

const BAR = 17;
const LABEL_ROOM = 150;

/** One act as lanes over time: what was in effect where, what was held, which windows were open, and who was denied. */
export function picture(act: Act): Markup {
  const at = layOut(act);
  const id = `act-${act.number}`;
  return markup`<svg role="img" aria-labelledby="${id}-title ${id}-description" viewBox="0 0 ${WIDTH} ${at.height}" xmlns="http://www.w3.org/2000/svg">
<title id="${id}-title">${`Act ${act.number}: ${act.title}`}</title>
<desc id="${id}-description">${describe(act)}</desc>
<defs><pattern id="${id}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0V7"/></pattern></defs>
${axis(act, at)}
${at.headers.map(({ y, text }) => markup`<text class="group" x="8" y="${y + 18}">${text}</text>`)}
${act.exposures.map((exposure) => exposureArea(exposure, act, at, `${id}-hatch`))}
${act.holds.map((hold, i) => holdBar(act, at, hold, at.holds[i] as Band))}
${act.lanes.map((lane) => laneOf(lane, act, at))}
${act.users.map((users) => usersLane(users, at))}
${act.exposures.map((exposure) => exposureLabel(exposure, act, at))}
${act.marks.map((mark) => markOf(mark, act, at))}
</svg>`;
}

const axis = (act: Act, at: Layout): Markup =>
  markup`${ticks(act.toMs - act.fromMs).map((second) => {
    const x = at.x(act.fromMs + second * 1_000);
    return markup`<path class="grid" d="M${x} 24V${at.foot}"/><text class="tick" x="${x}" y="${at.foot + 16}">${`${second} s`}</text>`;
  })}`;

const label = (text: string, { y, height }: Band): Markup =>
  markup`<text class="label" x="140" y="${y + height - 7}">${text}</text>`;

function laneOf(lane: Lane, act: Act, at: Layout): Markup {
  const band = at.lane(lane.system, lane.region);
  if (!band) return NOTHING;
  const y = band.y + band.height - BAR - 2;
  return markup`${label(SYSTEM_WORDS[lane.system], { ...band, height: band.height - 1 })}
<rect class="track" x="${at.left}" y="${y}" width="${at.right - at.left}" height="${BAR}" rx="3"/>
${lane.spans.map((span) => spanOf(span, lane, act, at, y))}`;
}

/** Pale where it is not certain yet (or no longer), full where it is; a change that not all members show is half as high. */
function spanOf(span: Span, lane: Lane, act: Act, at: Layout, y: number): Markup {
  const from = at.x(span.from.seenAt);
  const maybe = at.x(span.from.notBefore ?? span.from.seenAt);
  const to = span.to ? at.x(span.to.notBefore ?? span.to.seenAt) : at.right;
  const gone = span.to ? at.x(span.to.seenAt) : at.right;
  const height = span.state === 'fully' ? BAR : BAR / 2;
  const top = y + BAR - height;
  const bar = (kind: string, left: number, right: number): Markup =>
    right - left < 0.05
      ? NOTHING
      : markup`<rect class="${kind} ${lane.system}" x="${left}" y="${top}" width="${right - left}" height="${height}" rx="2"/>`;
  const room = to - from > span.text.length * 6.6 + 10 && span.state === 'fully';
  return markup`${bar('unsure', maybe, Math.min(from, to))}${bar(span.state, from, Math.max(from, to))}${bar('unsure', Math.max(from, to), gone)}
${room ? markup`<text class="inside" x="${from + 6}" y="${y + 12.5}">${span.text}</text>` : NOTHING}`;
}

function usersLane({ region, servedAt, deniedAt }: Act['users'][number], at: Layout): Markup {
  const band = at.users(region);
  if (!band) return NOTHING;
  const y = band.y + 8;
  const height = band.height - 10;
  const xs = (moments: readonly number[]): number[] => moments.map((moment) => at.x(moment));
  return markup`${label('users', band)}${requestLines(xs(servedAt), 'served', y, height)}${requestLines(xs(deniedAt), 'denied', y, height)}`;
}

function holdBar(act: Act, at: Layout, { step, text, since, until }: Act['holds'][number], band: Band): Markup {
  const from = at.x(since);
  const to = until === null ? at.right : at.x(until);
  const { x, anchor, room, over } = placeForText(`waits for ${text}`, from, to, at);
  return markup`${label(`before ${step}`, band)}
<rect class="hold" x="${from}" y="${band.y + 4}" width="${Math.max(2, to - from)}" height="${band.height - 6}" rx="3"/>
<text class="${over ? 'hold-text over' : 'hold-text'}" x="${x}" y="${band.y + 16.5}" text-anchor="${anchor}">${cut(`waits for ${text}`, room)}</text>`;
}

/** About, per character, of the smaller text. */
const CHARACTER = 6.1;

/** In the bar when it fits there, else wherever most of it does. */
function placeForText(words: string, from: number, to: number, at: Layout) {
  const inside = { x: from + 6, anchor: 'start', room: to - from - 12, over: true };
  const right = { x: to + 6, anchor: 'start', room: at.right - to - 6, over: false };
  const left = { x: from - 6, anchor: 'end', room: from - at.left - 6, over: false };
  if (inside.room >= words.length * CHARACTER) return inside;
  return [inside, left, right].reduce((best, one) => (one.room > best.room ? one : best));
}

function cut(words: string, room: number): string {
  const most = Math.max(1, Math.floor(room / CHARACTER));
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
}

/** Over the lanes from the earlier system down to the users of the region. */
function exposureBand({ region, earlier, later }: Exposure, at: Layout): Band | null {
  const bands = [at.lane(earlier.system, region), at.lane(later.system, region), at.users(region)].filter(
    (band): band is Band => band !== null,
  );
  if (bands.length === 0) return null;
  const y = Math.min(...bands.map((band) => band.y));
  return { y, height: Math.max(...bands.map((band) => band.y + band.height)) - y };
}

function exposureEdges({ from, to }: Exposure, act: Act, at: Layout): readonly [number, number, number, number] {
  const [end, endSeen] = to ? [to.notBefore ?? to.seenAt, to.seenAt] : [act.toMs, act.toMs];
  return [at.x(from.notBefore ?? from.seenAt), at.x(from.seenAt), at.x(end), at.x(endSeen)];
}

function exposureArea(exposure: Exposure, act: Act, at: Layout, hatch: string): Markup {
  const band = exposureBand(exposure, at);
  if (!band) return NOTHING;
  const [maybe, surely, surelyTo, maybeTo] = exposureEdges(exposure, act, at);
  const { y, height } = band;
  return markup`<rect class="exposed-maybe" x="${maybe}" y="${y}" width="${Math.max(0, maybeTo - maybe)}" height="${height}"/>
<rect class="exposed" x="${surely}" y="${y}" width="${Math.max(0, surelyTo - surely)}" height="${height}"/>
<rect fill="url(#${hatch})" x="${surely}" y="${y}" width="${Math.max(0, surelyTo - surely)}" height="${height}"/>
<path class="exposed-edge" d="M${maybe} ${y}v${height}M${maybeTo} ${y}v${height}"/>`;
}

function exposureLabel(exposure: Exposure, act: Act, at: Layout): Markup {
  const band = exposureBand(exposure, at);
  if (!band) return NOTHING;
  const [, , surelyTo, maybeTo] = exposureEdges(exposure, act, at);
  const words = `exposed up to ${seconds((exposure.to?.seenAt ?? act.toMs) - (exposure.from.notBefore ?? exposure.from.seenAt))}`;
  // Left of a window stand the marks of those who opened it: a label without room behind goes into its end.
  const [x, anchor] = maybeTo > WIDTH - LABEL_ROOM ? [surelyTo - 6, 'end'] : [maybeTo + 6, 'start'];
  return markup`<text class="exposed-text" x="${x}" y="${band.y + 13}" text-anchor="${anchor}">${words}</text>`;
}

/** A change that is made once for all regions stands in the lane of each. */
function markOf(mark: Mark, act: Act, at: Layout): Markup {
  const own = at.lane(mark.system, mark.region);
  const bands = own ? [own] : act.regions.flatMap((region) => at.lane(mark.system, region) ?? []);
  const x = at.x(mark.at);
  const words = mark.class === 'expected' ? '' : `${CLASS_WORDS[mark.class]}: ${mark.actor}`;
  const [textX, anchor] = x > WIDTH - LABEL_ROOM ? [x - 9, 'end'] : [x + 9, 'start'];
  return markup`${bands.map(
    ({ y }) =>
      markup`${markShape(mark.class, x, y + 9)}<text class="mark-text" x="${textX}" y="${y + 13}" text-anchor="${anchor}">${words}</text>`,
  )}`;
}
