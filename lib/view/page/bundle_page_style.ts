/**
 * How the page of a debug bundle looks, over what all pages share.
 *
 * @module
 */
import { BASE_STYLE } from "./style.ts";

/** The style sheet. */
export const PAGE_STYLE: string = `${BASE_STYLE}
header p { margin: .2rem 0; }
summary b { font-family: ui-monospace, monospace; font-size: .86rem; }
.bar { display: flex; gap: .5rem; flex-wrap: wrap; align-items: center; }
input { flex: 1 1 16rem; min-width: 8rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .3rem 0; }
summary { padding: .35rem .6rem; overflow-wrap: anywhere; }
summary b { font-weight: 600; margin-right: .6rem; }
.box { padding: .3rem .6rem .6rem; overflow-x: auto; }
th, td { overflow-wrap: anywhere; }
tbody th { color: var(--dim); font-weight: 600; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
`;
