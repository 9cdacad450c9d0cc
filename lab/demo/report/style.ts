/** Everything of the looks. Light, dark, phone and paper. */
export const STYLE = `
:root { color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --ink: #1d2329; --soft: #59636e; --line: #d9dce0; --track: #eef0f2;
  --idp: #4868b8; --shop: #2f8168; --edge: #7a58a8; --flags: #a8660f; --on-bar: #ffffff;
  --danger: #b3261e; --danger-soft: #b3261e22; --hold: #f0d58a; --hold-line: #8a6a10; --hold-ink: #3d2f06; --good: #1f7a4d; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14181c; --card: #1b2126; --ink: #e6e9ec; --soft: #a3adb7; --line: #39424b; --track: #272e35;
  --idp: #89a5ee; --shop: #63bf9f; --edge: #bb9be6; --flags: #e0a24c; --on-bar: #12161a;
  --danger: #ff8a80; --danger-soft: #ff8a8026; --hold: #6b551a; --hold-line: #d9b650; --hold-ink: #fff3cf; --good: #6fd3a0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .4em 0; }
h2 { font-size: 1.3rem; margin: 0 0 .3em; }
h3 { font-size: 1rem; margin: 1.4em 0 .4em; }
p { margin: .5em 0; max-width: 72ch; }
.soft, figcaption { color: var(--soft); font-size: .88rem; }
section.act { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 20px; margin: 28px 0; }
.outcome { display: inline-block; border: 1px solid var(--line); border-radius: 12px; padding: 1px 12px; font-size: .85rem; color: var(--soft); }
figure { margin: 16px 0 8px; }
.wide { overflow-x: auto; }
svg { display: block; width: 100%; min-width: 820px; height: auto; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; padding: 4px 18px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
td { font-variant-numeric: tabular-nums; } td:first-child { white-space: nowrap; }
pre { background: var(--track); border-radius: 6px; padding: 10px 12px; overflow-x: auto; font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
details { border-top: 1px solid var(--line); padding: 6px 0; }
summary { cursor: pointer; }
summary code { font-size: .88rem; }
ul.checks { list-style: none; padding: 0; }
ul.checks li { margin: 2px 0; }
.held b { color: var(--good); } .failed b { color: var(--danger); }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; margin: 8px 0; font-size: .85rem; color: var(--soft); }
ul.legend svg { display: inline-block; width: 34px; min-width: 0; height: 18px; vertical-align: -4px; margin-right: 6px; }
.grid { stroke: var(--line); stroke-width: 1; stroke-dasharray: 1 4; } .tick { fill: var(--soft); text-anchor: middle; font-size: 11px; }
.group { fill: var(--ink); font-weight: 600; font-size: 13px; } .label { fill: var(--soft); text-anchor: end; }
.track { fill: var(--track); }
.idp { fill: var(--idp); stroke: var(--idp); } .shop { fill: var(--shop); stroke: var(--shop); }
.edge { fill: var(--edge); stroke: var(--edge); } .flags { fill: var(--flags); stroke: var(--flags); }
.fully, .partly { stroke-width: 0; } .partly { opacity: .75; } .unsure { fill-opacity: .25; stroke-width: 1; stroke-dasharray: 2 2; }
.inside { fill: var(--on-bar); font-size: 11.5px; }
.served { stroke: var(--soft); stroke-width: 1; fill: none; opacity: .65; } .denied { stroke: var(--danger); stroke-width: 1.6; fill: none; }
.hold { fill: var(--hold); stroke: var(--hold-line); } .hold-text { fill: var(--ink); font-size: 11.5px; } .hold-text.over { fill: var(--hold-ink); }
.exposed-maybe { fill: var(--danger-soft); } .exposed { fill: var(--danger-soft); } .hatch { stroke: var(--danger); stroke-width: 1; opacity: .38; }
.exposed-edge { stroke: var(--danger); stroke-width: 1.2; stroke-dasharray: 4 3; fill: none; }
.exposed-text { fill: var(--danger); font-weight: 600; }
.mark { fill: var(--card); stroke: var(--ink); stroke-width: 1.8; } .mark.expected { fill: var(--ink); stroke: var(--card); stroke-width: 1; }
.mark-text { fill: var(--ink); font-size: 11.5px; font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
@media print { :root { color-scheme: light; } body { background: #fff; font-size: 11pt; } section.act { break-inside: avoid; border: 0; padding: 0; } svg { min-width: 0; } .wide { overflow: visible; } details { display: none; } }
`;
