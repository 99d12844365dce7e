/**
 * What runs in pages of plans and machines: filters, keys in the tree, all open
 * on paper. The page is whole without it.
 *
 * @module
 */
import { FILTER_SCRIPT } from "./script.ts";

/** The script. */
export const PLAN_SCRIPT: string = `"use strict";
document.querySelector(".bar").hidden = false;
for (const hint of document.querySelectorAll(".hint")) hint.hidden = false;
${FILTER_SCRIPT}
const selects = [...document.querySelectorAll("select[data-n]")];
// What stands at the top of something that holds others: the summary of a device.
const headOf = (node) => node.querySelector(":scope > details > summary, :scope > .head");
const items = [...document.querySelectorAll("[data-f]")].map((node) => {
  const inside = node.querySelector("[data-f]") !== null;
  const head = inside ? headOf(node) : node;
  return { node, inside, text: (head ?? node).textContent.toLowerCase(),
    facets: node.dataset.f.split("|").map((part) => part.split(" ")), fits: true, parent: null, held: null };
});
const byNode = new Map(items.map((item) => [item.node, item]));
for (const item of items) {
  item.parent = byNode.get(item.node.parentElement.closest("[data-f]")) ?? null;
}
const groups = [...document.querySelectorAll("[data-group]")];

function apply() {
  const words = filter.value.trim().toLowerCase().split(/\\s+/).filter((word) => word !== "");
  const wanted = selects.map((select) => [Number(select.dataset.n), select.value])
    .filter(([, value]) => value !== "");
  const active = words.length > 0 || wanted.length > 0;
  for (const item of items) {
    const text = item.parent ? item.parent.text + " " + item.text : item.text;
    item.fits = words.every((word) => text.includes(word)) &&
      wanted.every(([n, value]) => item.facets[n].includes(value));
    item.held = false;
  }
  for (const item of items) if (item.fits && item.parent) item.parent.held = true;
  let shown = 0;
  let all = 0;
  for (const { node, inside, fits, held } of items) {
    node.hidden = !fits && !held;
    if (!inside) all++;
    if (!inside && fits) shown++;
    // What was found must not stay behind a closed line.
    if (active && held) {
      const box = node.querySelector(":scope > details");
      if (box) box.open = true;
    }
  }
  for (const group of groups) {
    const own = items.filter(({ node }) => group.contains(node));
    group.hidden = active && own.length > 0 && own.every(({ node }) => node.hidden);
  }
  found.textContent = active ? shown + " of " + all + " lines fit" : "";
  light(words);
}

// Marks what was typed, without touching the page.
function light(words) {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete("found");
  if (words.length === 0) return;
  const ranges = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < 500; node = walker.nextNode()) {
    if (node.parentElement.closest(".bar")) continue;
    const text = node.data.toLowerCase();
    for (const word of words) {
      const at = text.indexOf(word);
      if (at < 0) continue;
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, Math.min(node.length, at + word.length));
      ranges.push(range);
    }
  }
  CSS.highlights.set("found", new Highlight(...ranges));
}

for (const select of selects) select.addEventListener("change", apply);
openers(() => [...document.querySelectorAll("main details")].filter((each) => each.closest("[hidden]") === null));

// The tree by keys: up, down, Home, End, right and left open, close and climb, letters go to what begins so.
for (const tree of document.querySelectorAll(".tree")) {
  const rows = () => [...tree.querySelectorAll(".row")].filter((row) => row.checkVisibility());
  let typed = "";
  let timer = 0;
  tree.addEventListener("keydown", (event) => {
    const row = document.activeElement.closest(".row");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = rows();
    const at = all.indexOf(row);
    const box = row.tagName === "SUMMARY" ? row.parentElement : null;
    const go = (to) => { if (to) { to.focus(); event.preventDefault(); } };
    switch (event.key) {
      case "ArrowDown": return go(all[at + 1] ?? row);
      case "ArrowUp": return go(all[at - 1] ?? row);
      case "Home": return go(all[0]);
      case "End": return go(all[all.length - 1]);
      case "ArrowRight":
        if (box && !box.open) { box.open = true; event.preventDefault(); } else if (box) go(all[at + 1]);
        return;
      case "ArrowLeft":
        if (box && box.open) { box.open = false; event.preventDefault(); } else {
          const above = row.closest("ul").closest("details");
          if (above) go(above.querySelector("summary"));
        }
        return;
      default: break;
    }
    if (event.key === "Enter" && !box) {
      const link = row.querySelector("a");
      if (link && document.activeElement === row) link.click();
      return;
    }
    if (event.key.length !== 1 || event.key === "/" || event.key === " " && typed === "") return;
    clearTimeout(timer);
    timer = setTimeout(() => { typed = ""; }, 700);
    typed += event.key.toLowerCase();
    const from = typed.length > 1 ? at : at + 1;
    const ring = [...all.slice(from), ...all.slice(0, from)];
    go(ring.find((each) => [...each.children].some((part) =>
      part.textContent.toLowerCase().startsWith(typed))));
  });
}

// Where a link goes is shown, whatever is filtered or closed.
function target() {
  const node = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
  if (!node) return;
  for (let each = node; each; each = each.parentElement) {
    each.hidden = false;
    if (each.tagName === "DETAILS") each.open = true;
  }
  node.scrollIntoView();
}
addEventListener("hashchange", target);
target();

// Paper cannot be opened.
let shut = [];
addEventListener("beforeprint", () => {
  shut = [...document.querySelectorAll("details:not([open])")];
  for (const each of shut) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of shut) each.open = false;
});
`;
