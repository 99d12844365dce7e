/**
 * How a page of plots looks, over what all pages share.
 *
 * @module
 */
import { BASE_STYLE } from "./style.ts";

/** The style sheet. */
export const PLOT_STYLE: string = `${BASE_STYLE}
:root { --ink: 36%; }
@media (prefers-color-scheme: dark) { :root { --ink: 68%; } }
main { padding-bottom: 2rem; }
header p { margin: .1rem 0; }
.bar { padding: .4rem 0; max-height: 45vh; overflow-y: auto; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: .1rem 1rem; align-items: center; }
legend { float: left; font-weight: 600; margin-right: 1rem; padding: 0; }
label { display: inline-flex; gap: .35rem; align-items: center; }
label input[type="range"] { width: 11rem; accent-color: var(--link); }
button { padding: .1rem .6rem; }
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
.wide { overflow-x: auto; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
@media print { .bar { display: block !important; position: static; } .bar .act, #said { display: none; }
  body { font-size: 11px; } header, main { max-width: none; } }
`;
