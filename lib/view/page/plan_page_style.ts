/**
 * How pages of plans and machines look, over what all pages share. One accent
 * colour; red is for what stops.
 *
 * @module
 */
import { BASE_STYLE } from "./style.ts";

/** The style sheet. */
export const PLAN_STYLE: string = `${BASE_STYLE}
:root { --tint: #e3eefc; --stop: #fdeceb; --find: #ffe08a; }
@media (prefers-color-scheme: dark) { :root { --tint: #12304f; --stop: #3a1715; --find: #6b5200; } }
header, main { max-width: 80rem; padding: 0 1.5rem; }
main { padding-bottom: 4rem; }
h1 { font-size: 1.55rem; margin: 1.6rem 0 .8rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .5rem; }
h4 { font-size: .95rem; margin: 0 0 .4rem; }
h3, h4, .row, .req { display: flex; flex-wrap: wrap; gap: .15rem .8rem; align-items: baseline; }
h3 code, h4 code { font-weight: 400; }
h3 .dim, h4 .dim { font-weight: 400; font-size: .86rem; }
h4 > .m { margin-left: auto; }
h4 > .m + .m { margin-left: 0; }
i { font-style: normal; }
p { margin: .4rem 0; }
code, pre { overflow-wrap: anywhere; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.verdict { display: flex; gap: .8rem; align-items: baseline; padding: .8rem 1.1rem; margin: .8rem 0;
  background: var(--box); border-left: 4px solid var(--link); border-radius: 0 8px 8px 0; }
.verdict > i { font-weight: 700; color: var(--link); }
.verdict.stop { background: var(--stop); border-color: var(--bad); }
.verdict.stop > i { color: var(--bad); }
.verdict.done { border-color: var(--dim); }
.stops { border: 1px solid var(--bad); border-radius: 8px; padding: .5rem 1.1rem; margin: .8rem 0; }
.stops h2, .stops h3 { font-size: 1rem; margin: .2rem 0; color: var(--bad); }
.stops ul { margin: .2rem 0; padding-left: 1.2rem; }
.about { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
  gap: 0 2.5rem; margin: 1rem 0; }
.facts { margin: 0; font-size: .9rem; }
.facts div { display: grid; grid-template-columns: 8rem 1fr; gap: .8rem; padding: .18rem 0;
  border-bottom: 1px solid var(--line); }
dt { color: var(--dim); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
.data dl { margin: 0; font-size: .9rem; }
.data dl > div { display: grid; grid-template-columns: minmax(6rem, 9rem) 1fr; gap: .8rem; padding: .12rem 0; }
.data td, .data th { overflow-wrap: normal; }
.data ul { margin: 0; padding-left: 1.2rem; }
.bar { display: flex; gap: .5rem .8rem; flex-wrap: wrap; align-items: center; margin-top: 1.2rem; }
.bar input { flex: 1 1 14rem; min-width: 8rem; }
::placeholder { color: var(--dim); opacity: 1; }
.bar label { font-size: .86rem; color: var(--dim); }
.bar select, .bar button { padding: .2rem .5rem; font-size: .86rem; }
.bar button:hover, .bar select:hover { border-color: var(--link); }
#found { font-size: .86rem; min-width: 6rem; }
.m { display: inline-flex; gap: .35em; border: 1px solid var(--line); border-radius: 99px;
  padding: 0 .6em; font-size: .8rem; font-weight: 400; color: var(--text); line-height: 1.5; }
.m i { color: var(--dim); }
.m.hot { border-color: var(--link); color: var(--link); }
.m.stop { border-color: var(--bad); color: var(--bad); }
.m.firm { border-color: var(--text); }
.m.hot i, .m.stop i, .m.firm i { color: inherit; }
a .m { text-decoration: underline; text-underline-offset: .15em; }
.tree, .tree ul { list-style: none; margin: 0; padding: 0; }
.tree ul { margin-left: .45rem; padding-left: 1rem; border-left: 1px solid var(--line); }
.tree > li { border-bottom: 1px solid var(--line); padding: .25rem 0; }
.row { padding: .12rem .4rem; border-radius: 6px; }
.row:hover { background: var(--box); }
.tree ul .row > b { min-width: 3.6rem; font-weight: 600; }
.tree ul .row > code { min-width: 7rem; }
.tree ul .row > span:not(.m) { min-width: 9rem; }
summary.row { display: flex; list-style: none; }
summary.row::-webkit-details-marker { display: none; }
summary.row::before { content: "▸"; color: var(--dim); width: .8em; }
details[open] > summary.row::before { content: "▾"; }
div.row.head::before { content: ""; width: .8em; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1.1rem; margin: .7rem 0; }
.card, tr[id], li[id] { scroll-margin-top: 6rem; }
.card:target, tr:target, li:target { outline: 2px solid var(--link); }
.card table { margin: .3rem 0; }
.fields { width: 100%; table-layout: fixed; }
.fields th, .fields td { overflow-wrap: anywhere; }
.fields th:first-child { width: 32%; }
.fields th:nth-child(2), .fields th:nth-child(3) { width: 17%; }
tbody th { font-weight: 400; }
.fields .chg th, .fields .chg b { font-weight: 600; }
.fields .chg b { color: var(--link); }
.req { margin: .5rem 0 0; gap: .3rem .5rem; }
.req code { margin-right: .4rem; }
.why { font-size: .82rem; margin: .25rem 0; }
.note { font-size: .88rem; border-left: 3px solid var(--text); padding-left: .7rem; }
.note i { font-weight: 700; }
.deep { margin-top: .4rem; font-size: .9rem; }
.deep > summary { color: var(--link); width: fit-content; }
.deep > summary:hover { text-decoration: underline; }
.wide { overflow-x: auto; }
.bits { table-layout: fixed; width: 100%; min-width: 50rem; font-size: .8rem; border-collapse: collapse; }
.bits td, .bits th { font-size: inherit; }
.bits caption { text-align: left; color: var(--dim); padding: .3rem 0; }
.bits thead td { border: 0; padding: 0; text-align: center; color: var(--dim); font-size: .68rem; }
.bits thead td:first-child, .bits th { width: 4rem; }
.bits th { border: 0; color: var(--dim); }
.bits tbody td { border: 1px solid var(--line); padding: .25rem .1rem; text-align: center;
  position: relative; overflow: hidden; }
.bits tbody td:empty { background: var(--box); }
.bits b, .legend b { font-weight: 600; }
.bits .chg { background: var(--tint); box-shadow: inset 0 -3px 0 var(--link); }
.bits .gap td { border-style: dashed; border-left: 0; border-right: 0; color: var(--dim); text-align: left;
  padding: .1rem .6rem; }
.legend { columns: 17rem; column-gap: 2rem; font-family: ui-monospace, monospace; font-size: .78rem; margin: .4rem 0;
  padding-left: 2.2rem; }
.legend .chg { background: var(--tint); box-shadow: inset 0 -2px 0 var(--link); }
pre { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem;
  overflow-x: auto; font-size: .8rem; margin: .4rem 0; max-height: 26rem; overflow-wrap: normal; }
.lines { width: 100%; margin: .6rem 0; }
.lines td { overflow-wrap: anywhere; }
.records td:nth-child(-n+4), .records th { white-space: nowrap; overflow-wrap: normal; }
.cut { border: 1px dashed var(--line); border-radius: 8px; padding: .5rem 1rem; }
.hint { font-size: .82rem; }
kbd { font: inherit; border: 1px solid var(--line); border-radius: 4px; padding: 0 .3em; }
.time { list-style: none; margin: 0; padding: 0 0 0 1rem; border-left: 2px solid var(--line); }
.time > li { position: relative; padding: .35rem 0 .6rem .4rem; }
.time > li::before { content: ""; position: absolute; left: calc(-1rem - 6px); top: .8rem; width: 8px;
  height: 8px; border: 1px solid var(--dim); border-radius: 50%; background: var(--back); }
.time > li.go::before { background: var(--link); border-color: var(--link); }
.time > li.stop::before { background: var(--bad); border-color: var(--bad); border-radius: 0; }
.time .head { display: flex; flex-wrap: wrap; gap: .15rem .8rem; align-items: baseline; }
.time time { font-family: ui-monospace, monospace; font-size: .86rem; }
::highlight(found) { background: var(--find); color: var(--text); }
@media (max-width: 40rem) { header, main { padding: 0 .8rem; } .facts div { grid-template-columns: 6.5rem 1fr; }
  .card { padding: .7rem .8rem; } .bar { position: static; } .fields th:nth-child(2), .fields th:nth-child(3) { width: 22%; }
  .fields th, .fields td { padding-right: .4rem; } }
@media print { :root { color-scheme: light; --back: #fff; --text: #000; --dim: #444; --line: #bbb; --box: #fff;
    --link: #0757ba; --bad: #b3261e; --tint: #e3eefc; --stop: #fff; }
  html, body { font-size: 11px; } header, main { max-width: none; padding: 0 .8rem; }
  details::details-content { display: block; content-visibility: visible; height: auto; }
  .hint, .noprint { display: none; } .wide, pre { overflow: visible; max-height: none; }
  pre { white-space: pre-wrap; font-size: 8px; } .bits { min-width: 0; font-size: 6.5px; }
  .bits thead td { font-size: 6px; } .legend { font-size: 8px; columns: 15rem; }
  h2, h3, h4, summary, thead { break-after: avoid; } tr, .tree > li li, .time > li .head, .verdict { break-inside: avoid; }
  .chg { print-color-adjust: exact; } .card { break-inside: auto; } pre { break-inside: avoid; }
  :target { outline: 0 !important; } a { color: inherit; text-decoration: none; } }
`;
