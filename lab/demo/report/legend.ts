import type { Act, Mark } from './data';
import { markup, NOTHING, type Markup } from './markup';
import { markShape, requestLines } from './shapes';
import { CLASS_WORDS } from './words';

const CLASS_MEANS: Readonly<Record<Mark['class'], string>> = {
  expected: 'change made by Causeway, in its turn',
  early: 'change made before its turn',
  late: 'change of an older plan, made too late',
  repeated: 'change made once more',
  undeclared: 'change that no plan explains',
  'different-content': 'change with other content than planned',
  'by-hand': 'change made by hand',
};

/** Only what this act's picture shows. */
export function legend(act: Act): Markup {
  const classes = [...new Set(act.marks.map((mark) => mark.class))];
  return markup`<ul class="legend" aria-label="Legend">
${entry(markup`<rect class="fully shop" x="1" y="3" width="32" height="12" rx="2"/>`, 'in effect')}
${hasPartly(act) ? entry(markup`<rect class="partly edge" x="1" y="9" width="32" height="6" rx="2"/>`, 'in effect in some members only') : NOTHING}
${entry(markup`<rect class="unsure shop" x="1" y="3" width="32" height="12" rx="2"/>`, 'began somewhere in here, between two looks')}
${act.holds.length > 0 ? entry(markup`<rect class="hold" x="1" y="3" width="32" height="12" rx="2"/>`, 'gate held: the next change has to wait') : NOTHING}
${act.exposures.length > 0 ? entry(markup`<rect class="exposed" x="1" y="1" width="32" height="16"/><path class="exposed-edge" d="M1 1v16M33 1v16"/>`, 'exposure window: a change in effect without one that it needs; dashed edges: the earliest and latest it may have been') : NOTHING}
${classes.map((kind) => entry(markShape(kind, 17, 9), `${CLASS_WORDS[kind]}: ${CLASS_MEANS[kind]}`))}
${entry(requestLines([6, 12, 18, 24], 'served', 1, 16), "a user's request, served")}
${entry(requestLines([6, 12, 18, 24], 'denied', 1, 16), "a user's request, denied (403)")}
</ul>`;
}

const hasPartly = ({ lanes }: Act): boolean => lanes.some(({ spans }) => spans.some(({ state }) => state === 'partly'));

const entry = (drawing: Markup, words: string): Markup =>
  markup`<li><svg viewBox="0 0 34 18" aria-hidden="true">${drawing}</svg>${words}</li>`;
