/**
 * How a page of plots looks, by day, by night and on paper.
 *
 * @module
 */

/** The style sheet; no fonts and no pictures from elsewhere. */
export const PLOT_STYLE: string = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --dim: #59636e;
  --line: #d1d9e0; --box: #f6f8fa; --link: #0757ba; --bad: #b3261e; --ink: 36%; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1318; --text: #e6edf3;
  --dim: #9aa4af; --line: #333b45; --box: #171d24; --link: #79b8ff; --bad: #ff8a80;
  --ink: 68%; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 75rem; margin: 0 auto; padding: 0 1rem; }
main { padding-bottom: 2rem; }
h1 { font-size: 1.4rem; margin: 1rem 0 .3rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
header p { margin: .1rem 0; }
.dim { color: var(--dim); }
.bad { color: var(--bad); }
.bar { position: sticky; top: 0; z-index: 1; background: var(--back);
  border-bottom: 1px solid var(--line); padding: .4rem 0;
  max-height: 45vh; overflow-y: auto; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: .1rem 1rem; align-items: center; }
legend { float: left; font-weight: 600; margin-right: 1rem; padding: 0; }
label { display: inline-flex; gap: .35rem; align-items: center; }
label input[type="range"] { width: 11rem; accent-color: var(--link); }
button { font: inherit; color: inherit; background: var(--box);
  border: 1px solid var(--line); border-radius: 6px; padding: .1rem .6rem; }
.swatch { width: .8rem; height: .8rem; border-radius: 3px; display: inline-block; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
figure { margin: .8rem 0 0; break-inside: avoid; }
figcaption { display: flex; flex-wrap: wrap; gap: 0 .8rem; align-items: baseline; }
figcaption b { font-weight: 600; }
figcaption output { margin-left: auto; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; background: var(--box);
  border: 1px solid var(--line); border-radius: 6px; touch-action: pan-y;
  cursor: crosshair; }
svg text { fill: var(--dim); font: 11px system-ui, sans-serif; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .curve { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
svg .gap { stroke: var(--bad); stroke-dasharray: 3 3; }
svg .cursor { stroke: var(--dim); }
svg .pick { fill: var(--link); opacity: .18; }
code, td, th { font-family: ui-monospace, monospace; font-size: .86rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .12rem .8rem .12rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--dim); font-weight: 600; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; }
[hidden] { display: none !important; }
@media print { .bar { position: static; } .bar .act, #said { display: none; }
  body { font-size: 11px; } header, main { max-width: none; } }
`;
