/**
 * What runs in the page of a debug bundle. Every text goes into the page as
 * text: nothing in a bundle can become markup.
 *
 * @module
 */

import { FILTER_SCRIPT } from "./script.ts";

/** The script; it finds its data in the element `data`. */
export const PAGE_SCRIPT: string = `"use strict";
${FILTER_SCRIPT}
const { parts } = JSON.parse(document.getElementById("data").textContent);
const el = (tag, text) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  return node;
};
const scalar = (value) => value === null || typeof value !== "object";
const flat = (value) => scalar(value) || Array.isArray(value) && value.every(scalar);
const word = (value) => value === null ? "-" : Array.isArray(value)
  ? value.map(word).join(", ") || "-" : String(value);
const isRows = (data) => Array.isArray(data) && data.length > 0 &&
  data.every((row) => !scalar(row) && !Array.isArray(row) && Object.values(row).every(flat));

function rows(data) {
  const names = [...new Set(data.flatMap((row) => Object.keys(row)))];
  const table = el("table");
  const head = el("tr");
  for (const name of names) {
    const cell = el("th", name);
    cell.scope = "col";
    head.append(cell);
  }
  const top = el("thead");
  top.append(head);
  const body = el("tbody");
  for (const row of data) {
    const line = el("tr");
    for (const name of names) {
      const value = Object.hasOwn(row, name) ? row[name] : undefined;
      const cell = el("td", value === undefined ? "" : word(value));
      if (typeof value === "number") cell.className = "n";
      line.append(cell);
    }
    body.append(line);
  }
  table.append(top, body);
  return table;
}

function shown(data) {
  if (flat(data)) return el("span", word(data));
  if (isRows(data)) return rows(data);
  if (Array.isArray(data)) {
    const list = el("ol");
    for (const item of data) {
      const entry = el("li");
      entry.append(shown(item));
      list.append(entry);
    }
    return list;
  }
  const table = el("table");
  const body = el("tbody");
  for (const [name, value] of Object.entries(data)) {
    const line = el("tr");
    const cell = el("th", name);
    cell.scope = "row";
    const holder = el("td");
    holder.append(shown(value));
    line.append(cell, holder);
    body.append(line);
  }
  table.append(body);
  return table;
}

const cards = [...document.querySelectorAll("details[data-part]")].map((card) => {
  const part = parts[Number(card.dataset.part)];
  const text = (card.textContent + " " + JSON.stringify(part ?? "")).toLowerCase();
  return { card, part, text, drawn: false, data: JSON.stringify(part ?? "").toLowerCase() };
});

function draw(entry) {
  if (entry.drawn || entry.part === undefined || entry.part === null) return;
  entry.drawn = true;
  const box = el("div");
  box.className = "box";
  box.append(shown(entry.part));
  entry.card.append(box);
  narrow(entry);
}

function narrow(entry) {
  const asked = filter.value.trim().toLowerCase();
  // A part that has it in its title alone is shown whole.
  const wanted = entry.data.includes(asked) ? asked : "";
  for (const list of entry.card.querySelectorAll("tbody, ol")) {
    const lines = [...list.children];
    const fits = lines.map((line) =>
      wanted === "" || line.textContent.toLowerCase().includes(wanted));
    // Of an object that has it somewhere, the short members stay: they say what it is.
    const named = list.tagName === "TBODY" && !list.parentElement.tHead && fits.includes(true);
    lines.forEach((line, i) => {
      line.hidden = !fits[i] && !(named && !line.querySelector("table, ol"));
    });
  }
}

function apply() {
  const wanted = filter.value.trim().toLowerCase();
  let count = 0;
  for (const entry of cards) {
    const fits = wanted === "" || entry.text.includes(wanted);
    entry.card.hidden = !fits;
    if (fits) count++;
    if (entry.drawn) narrow(entry);
  }
  for (const line of document.querySelectorAll("#missing li")) {
    line.hidden = wanted !== "" && !line.textContent.toLowerCase().includes(wanted);
  }
  for (const group of document.querySelectorAll("section[data-group]")) {
    group.hidden = [...group.querySelectorAll("details, #missing li")].every((each) => each.hidden);
  }
  found.textContent = wanted === "" ? "" : count + " of " + cards.length + " parts";
}

for (const entry of cards) {
  entry.card.addEventListener("toggle", () => { if (entry.card.open) draw(entry); });
}
openers(() => cards.map(({ card }) => card).filter((card) => !card.hidden));
const target = () => {
  const card = document.getElementById(location.hash.slice(1));
  if (card && card.tagName === "DETAILS") card.open = true;
};
addEventListener("hashchange", target);
target();
`;
