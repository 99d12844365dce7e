/**
 * How the page of a debug bundle looks, by day and by night.
 *
 * @module
 */

/** The style sheet; no fonts and no pictures from elsewhere. */
export const PAGE_STYLE: string = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --dim: #59636e;
  --line: #d1d9e0; --box: #f6f8fa; --link: #0757ba; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1318; --text: #e6edf3;
  --dim: #9aa4af; --line: #333b45; --box: #171d24; --link: #79b8ff; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 75rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 1rem 0 .3rem; }
header p { margin: .2rem 0; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
code, td, th, summary b { font-family: ui-monospace, monospace; font-size: .86rem; }
.dim { color: var(--dim); }
.bad { color: var(--bad); }
.bar { position: sticky; top: 0; background: var(--back); padding: .5rem 0;
  border-bottom: 1px solid var(--line); display: flex; gap: .5rem; flex-wrap: wrap;
  align-items: center; z-index: 1; }
input, button { font: inherit; color: inherit; background: var(--box);
  border: 1px solid var(--line); border-radius: 6px; padding: .3rem .6rem; }
input { flex: 1 1 16rem; min-width: 8rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .3rem 0; }
summary { padding: .35rem .6rem; cursor: pointer; overflow-wrap: anywhere; }
summary b { font-weight: 600; margin-right: .6rem; }
.box { padding: .3rem .6rem .6rem; overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .12rem .7rem .12rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th, tbody th { color: var(--dim); font-weight: 600; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
[hidden] { display: none !important; }
@media print { .bar { display: none; } }
`;
