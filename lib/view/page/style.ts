/**
 * What all pages look like, by day, by night and on paper: colours, type, the
 * bar that stays on top, tables. Each page adds its own below it.
 *
 * @module
 */

/** The style sheet to begin with; no fonts and no pictures from elsewhere. */
export const BASE_STYLE: string = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --dim: #59636e;
  --line: #d1d9e0; --box: #f6f8fa; --link: #0757ba; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1318; --text: #e6edf3;
  --dim: #9aa4af; --line: #333b45; --box: #171d24; --link: #79b8ff; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 75rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 1rem 0 .3rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
code, td, th { font-family: ui-monospace, monospace; font-size: .86rem; }
.dim { color: var(--dim); }
.bad { color: var(--bad); }
.bar { position: sticky; top: 0; background: var(--back); padding: .5rem 0;
  border-bottom: 1px solid var(--line); z-index: 1; }
input, button, select { font: inherit; color: inherit; background: var(--box);
  border: 1px solid var(--line); border-radius: 6px; padding: .3rem .6rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
summary { cursor: pointer; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .12rem .8rem .12rem 0;
  border-bottom: 1px solid var(--line); }
thead th { color: var(--dim); font-weight: 600; }
[hidden] { display: none !important; }
@media print { .bar { display: none !important; } }
@media (prefers-reduced-motion: reduce) { * { scroll-behavior: auto !important;
  transition: none !important; animation: none !important; } }
`;
