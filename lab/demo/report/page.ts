import type { Act, Report } from './data';
import { legend } from './legend';
import { markup, Markup, NOTHING } from './markup';
import { picture } from './picture';
import { STYLE } from './style';
import { certainty, CLASS_WORDS, lengthOf, offset, seconds, SYSTEM_WORDS } from './words';

/** The whole report as one HTML document that needs nothing else: no script, no font, no picture from anywhere. */
export const page = (report: Report): string => `<!doctype html>\n${document(report).text}\n`;

const document = (report: Report): Markup => markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>The EU-West incident, in three acts</title>
<style>${new Markup(STYLE)}</style>
</head>
<body><main>
<header>
<h1>The EU-West incident, in three acts</h1>
<p>A shop gives auditors a new page. Four systems of four teams have to change for it, in this order: the <b>identity provider</b> gives auditors a role, the <b>application</b> gets the new page, the <b>gateways</b> in each region let requests for it through, and then a <b>feature flag</b> sends users there. The gateways of eu-west take up changes slowly. Whoever is sent to the page while the gateway before it does not know it yet is turned away: 403, denied.</p>
<p>What follows happened on real systems (Keycloak, Tomcat, Caddy, Unleash), with independent users in both regions asking all the time. First with nobody watching the order; then with Causeway, which makes each change only once the one before it was seen in effect everywhere; then with Causeway and people who go around it.</p>
<p class="soft">Made ${report.madeAt}, in ${seconds(report.durationMs)}. Ledger: ${report.ledger.entries} entries, ${report.ledger.verified ? 'verified offline' : 'NOT verified'}, root <code>${report.ledger.root.slice(0, 16)}</code>…</p>
</header>
${report.acts.map(section)}
<footer class="soft"><p>Bars and windows of acts 2 and 3 are what the ledger says; those of act 1, where there is no ledger, are what an outside witness saw. Requests are those of the users. The systems' clock and the users' clock are the same machine's.</p></footer>
</main></body></html>`;

const section = (act: Act): Markup => markup`<section class="act" aria-labelledby="${`heading-${act.number}`}">
<h2 id="${`heading-${act.number}`}">${`Act ${act.number}: ${act.title}`}</h2>
<p class="outcome">${act.outcome}</p>
${act.story.map((paragraph) => markup`<p>${paragraph}</p>`)}
<figure><div class="wide" tabindex="0" role="group" aria-label="Picture, scrolls sideways">${picture(act)}</div>
<figcaption>Time runs to the right, in seconds. Each lane is one system in one region. On a small screen the picture scrolls sideways.</figcaption></figure>
${legend(act)}
${numbers(act)}
${snapshot(act)}
${answers(act)}
${checks(act)}
</section>`;

const table = (caption: string, head: readonly string[], rows: readonly (readonly string[])[]): Markup =>
  rows.length === 0
    ? NOTHING
    : markup`<h3>${caption}</h3><div class="wide"><table><thead><tr>${head.map((cell) => markup`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;

function numbers(act: Act): Markup {
  const users = act.users.map(({ region, servedAt, deniedAt }) => [
    region,
    String(servedAt.length + deniedAt.length),
    String(deniedAt.length),
  ]);
  const windows = act.exposures.map((exposure) => [
    exposure.region,
    `${exposure.later.step} without ${exposure.earlier.step}`,
    `${offset(act, exposure.from.notBefore ?? exposure.from.seenAt)} to ${exposure.to ? offset(act, exposure.to.seenAt) : 'the end'}`,
    `${seconds(lengthOf(exposure, act.toMs))}, ${certainty(exposure.certaintyMs)}`,
    String(exposure.denied),
  ]);
  const changes = act.marks.map((mark) => [
    offset(act, mark.at),
    SYSTEM_WORDS[mark.system] + (mark.region ? `, ${mark.region}` : ''),
    mark.what,
    mark.actor,
    CLASS_WORDS[mark.class],
  ]);
  const holds = act.holds.map(({ step, text, since, until }) => [
    step,
    text,
    `${offset(act, since)} to ${until === null ? 'the end' : offset(act, until)}`,
  ]);
  return markup`${table('Users', ['region', 'requests', 'denied (403)'], users)}
${table('Exposure windows', ['region', 'what', 'when (earliest to latest)', 'at most', 'denied within'], windows)}
${table('Changes seen', ['when', 'where', 'what', 'by', 'class'], changes)}
${table('Gates held', ['before step', 'because', 'when'], holds)}`;
}

const snapshot = (act: Act): Markup =>
  act.snapshot.length === 0
    ? NOTHING
    : table(
        'The systems at the end, as they say themselves',
        ['', ...act.regions],
        act.snapshot.map(({ what, values }) => [what, ...values]),
      );

const answers = (act: Act): Markup =>
  act.answers.length === 0
    ? NOTHING
    : markup`<h3>Questions asked, and the answers</h3>
${act.answers.map(({ question, answer }) => markup`<details><summary><code>${question}</code></summary><pre>${answer.trimEnd()}</pre></details>`)}`;

const checks = (act: Act): Markup =>
  act.checks.length === 0
    ? NOTHING
    : markup`<h3>What must hold</h3><ul class="checks">
${act.checks.map(({ what, held }) => markup`<li class="${held ? 'held' : 'failed'}"><b>${held ? '✓ held' : '✗ FAILED'}</b> ${what}</li>`)}</ul>`;
