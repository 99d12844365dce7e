/**
 * What runs in a page of plots: it draws each series as SVG, for the part of
 * the time that is chosen. Texts go into the page as text, never as markup.
 *
 * @module
 */

/** The script; it finds its data in the element `data`. */
export const PLOT_SCRIPT: string = `"use strict";
const { x, labels, step, xUnit, per, series } =
  JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 150, LEFT = 64, RIGHT = 10, TOP = 10, BOTTOM = 22;
const last = x.length - 1;
const by = (id) => document.getElementById(id);
const draw = (parent, tag, attributes, text) => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
};
const near = (value) => {
  if (value === null || value === undefined || !Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  for (const [least, unit] of [[1e12, " T"], [1e9, " G"], [1e6, " M"], [1e4, " k"]]) {
    if (size >= least) return Number((value / (unit === " k" ? 1e3 : least)).toPrecision(4)) + unit;
  }
  return String(Number(value.toPrecision(4)));
};
const exact = (entry, i) => entry.v[i] === null ? "-"
  : String(BigInt(entry.base) + BigInt(entry.v[i])).replace(/\\B(?=(\\d{3})+$)/g, ",");
for (const entry of series) {
  // Large numbers have no room for small differences: those are drawn above the first.
  entry.above = Number(entry.base) > 2 ** 40 ? entry.base : "";
  const base = entry.above === "" ? Number(entry.base) : 0;
  entry.value = entry.v.map((v) => v === null ? null : base + Number(v));
  entry.rate = entry.v.map((v, i) => {
    const before = i === 0 ? null : entry.v[i - 1];
    return v === null || before === null || x[i] <= x[i - 1] || labels[i] - labels[i - 1] > step ? null : (Number(v) - Number(before)) / (x[i] - x[i - 1]);
  });
}
let from = 0, to = last, cursor = -1, rated = true;
const shown = (entry) => rated && !entry.level ? entry.rate : entry.value;
const times = (unit) => /^\\d/.test(unit) ? "× " + unit : unit;
const unitOf = (entry) => times(rated && !entry.level ? (entry.unit || "change") + " " + per : entry.unit) +
  (rated && !entry.level || entry.above === "" ? "" : " above " + entry.above);
const ticks = (low, high, most) => {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power * 10;
  const found = [];
  // Counted, not added up: a sum may stand still.
  for (let n = Math.ceil(low / size); n <= high / size + 1e-6 && found.length < 20; n++) found.push(n * size);
  return found;
};

const plots = series.map((entry, number) => {
  const figure = by("f" + number);
  const svg = figure.querySelector("svg");
  const box = by("c" + number);
  const color = "hsl(" + Math.round(number * 137.5 % 360) + " 65% var(--ink))";
  box.parentElement.querySelector(".swatch").style.background = color;
  const plot = { entry, figure, svg, box, color, scale: null };
  box.addEventListener("change", all);
  let start = -1;
  svg.addEventListener("pointerdown", (event) => {
    start = indexAt(plot, event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    cursor = indexAt(plot, event);
    marks(start);
  });
  svg.addEventListener("pointerup", (event) => {
    const end = indexAt(plot, event);
    const begun = start;
    start = -1;
    if (begun >= 0 && Math.abs(end - begun) > 1) choose(Math.min(begun, end), Math.max(begun, end));
    else marks(-1);
  });
  svg.addEventListener("pointerleave", () => { if (start < 0) { cursor = -1; marks(-1); } });
  svg.addEventListener("dblclick", () => choose(0, last));
  svg.addEventListener("keydown", (event) => keys(event, plot));
  return plot;
});

function indexAt({ svg, scale }, event) {
  if (!scale) return -1;
  const rect = svg.getBoundingClientRect();
  const part = ((event.clientX - rect.left) / rect.width * scale.width - LEFT) / (scale.width - LEFT - RIGHT);
  const wanted = x[from] + Math.min(1, Math.max(0, part)) * (x[to] - x[from]);
  let low = from, high = to;
  while (low < high) {
    const middle = low + high >> 1;
    if (x[middle] < wanted) low = middle + 1; else high = middle;
  }
  return low > from && wanted - x[low - 1] < x[low] - wanted ? low - 1 : low;
}

function keys(event, plot) {
  const width = to - from;
  const jump = event.shiftKey ? Math.max(1, Math.round(width / 10)) : Math.max(1, Math.round(width / 200));
  const at = cursor < from || cursor > to ? from : cursor;
  const zoom = (half) => choose(Math.max(0, Math.round(at - half)), Math.min(last, Math.round(at + half)));
  const known = {
    ArrowRight: () => cursor = Math.min(to, cursor < 0 ? from : at + jump),
    ArrowLeft: () => cursor = Math.max(from, at - jump),
    Home: () => cursor = from, End: () => cursor = to,
    "+": () => zoom(Math.max(2, width / 4)), "=": () => zoom(Math.max(2, width / 4)),
    "-": () => zoom(width), "0": () => choose(0, last), Escape: () => choose(0, last),
  }[event.key];
  if (!known || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  known();
  marks(-1);
  const { entry } = plot;
  by("said").textContent = cursor < 0 ? "" : "sample " + labels[cursor] + ", " +
    near(x[cursor]) + " " + xUnit + ", " + entry.name + ": " + near(shown(entry)[cursor]) + " " + unitOf(entry);
}

function choose(a, b) {
  from = Math.max(0, Math.min(a, last));
  to = Math.min(last, Math.max(b, from));
  if (to - from < 1) { from = Math.max(0, to - 1); to = Math.min(last, from + 1); }
  all();
}

function curve(values, px, py, columns) {
  let path = "", open = false, column = -1, low = 0, high = 0, end = 0;
  const flush = () => {
    if (column < 0) return;
    const at = px(x[end]);
    const dots = low === high ? [low] : [low, high];
    for (const dot of dots) {
      path += (open ? "L" : "M") + at.toFixed(1) + " " + py(dot).toFixed(1);
      open = true;
    }
    column = -1;
  };
  for (let i = from; i <= to; i++) {
    const value = values[i];
    if (value === null || i > from && labels[i] - labels[i - 1] > step) { flush(); open = false; }
    if (value === null) continue;
    // Many samples on one column of pixels: the lowest and the highest.
    const here = columns === 0 ? i : Math.floor((i - from) / (to - from + 1) * columns);
    if (here !== column) { flush(); column = here; low = high = value; }
    low = Math.min(low, value); high = Math.max(high, value); end = i;
  }
  flush();
  return path;
}

function paint(plot) {
  const { entry, svg, figure, color } = plot;
  const width = Math.max(320, figure.clientWidth || 800);
  svg.setAttribute("viewBox", "0 0 " + width + " " + HEIGHT);
  for (const node of [...svg.children]) if (node.tagName !== "title" && node.tagName !== "desc") node.remove();
  const values = shown(entry);
  let low = Infinity, high = -Infinity, sum = 0, count = 0;
  for (let i = from; i <= to; i++) {
    if (values[i] === null) continue;
    low = Math.min(low, values[i]); high = Math.max(high, values[i]); sum += values[i]; count++;
  }
  const note = count === 0 ? "no values here"
    : "least " + near(low) + ", mean " + near(sum / count) + ", most " + near(high) + " " + unitOf(entry);
  figure.querySelector(".stats").textContent = note;
  svg.querySelector("desc").textContent = note + "; from " + near(x[from] ?? 0) + " to " + near(x[to] ?? 0) + " " + xUnit;
  if (count === 0) { plot.scale = null; return; }
  if (rated && !entry.level && low > 0) low = 0;
  if (low === high) { low = Math.min(0, low); high = high === low ? low + 1 : high; }
  const span = x[to] - x[from] || 1;
  const px = (at) => LEFT + (at - x[from]) / span * (width - LEFT - RIGHT);
  const py = (at) => TOP + (high - at) / (high - low) * (HEIGHT - TOP - BOTTOM);
  for (const at of ticks(low, high, 4)) {
    draw(svg, "line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: py(at), y2: py(at) });
    draw(svg, "text", { x: LEFT - 6, y: py(at) + 4, "text-anchor": "end" }, near(at));
  }
  for (const at of ticks(x[from], x[to], Math.max(2, Math.floor(width / 130)))) {
    draw(svg, "text", { x: px(at), y: HEIGHT - 6, "text-anchor": "middle" }, near(at) + " " + xUnit);
  }
  for (let i = from + 1; i <= to; i++) {
    if (labels[i] - labels[i - 1] <= step) continue;
    for (const at of [x[i - 1], x[i]]) {
      draw(svg, "line", { class: "gap", x1: px(at), x2: px(at), y1: TOP, y2: HEIGHT - BOTTOM });
    }
  }
  const columns = to - from > 2 * width ? Math.floor(width - LEFT - RIGHT) : 0;
  draw(svg, "path", { class: "curve", d: curve(values, px, py, columns) }).style.stroke = color;
  plot.scale = { px, width };
}

function marks(start) {
  for (const { entry, svg, figure, scale } of plots) {
    for (const old of svg.querySelectorAll(".cursor, .pick")) old.remove();
    const output = figure.querySelector("output");
    output.textContent = "";
    if (!scale || cursor < from || cursor > to) continue;
    if (start >= 0) {
      const [a, b] = [start, cursor].map((i) => scale.px(x[i])).sort((p, q) => p - q);
      draw(svg, "rect", { class: "pick", x: a, y: TOP, width: b - a, height: HEIGHT - TOP - BOTTOM });
    }
    const at = scale.px(x[cursor]);
    draw(svg, "line", { class: "cursor", x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM });
    output.textContent = "sample " + labels[cursor] + ", " + near(x[cursor]) + " " + xUnit + ": " +
      (rated && !entry.level ? near(entry.rate[cursor]) + " " + per + ", " : "") + exact(entry, cursor);
  }
}

function rows() {
  const body = by("values").tBodies[0];
  const every = Math.max(1, Math.ceil((to - from + 1) / 300));
  const lines = [];
  for (let i = from; i <= to; i += every) {
    const line = document.createElement("tr");
    for (const text of [String(labels[i]), String(Number(x[i].toPrecision(9))), ...series.map((entry) => exact(entry, i))]) {
      const cell = document.createElement("td");
      cell.className = "n";
      cell.textContent = text;
      line.append(cell);
    }
    lines.push(line);
  }
  body.replaceChildren(...lines);
  for (const plot of plots) {
    const at = 2 + plots.indexOf(plot);
    for (const line of by("values").rows) if (line.cells[at]) line.cells[at].hidden = !plot.box.checked;
  }
  by("rows").textContent = lines.length + " of the " + (to - from + 1) + " samples that are chosen" +
    (every > 1 ? ", one of " + every : "");
}

function all() {
  if (last < 0) return;
  by("from").value = from; by("to").value = to;
  for (const [id, i] of [["from", from], ["to", to]]) {
    by(id).setAttribute("aria-valuetext", near(x[i]) + " " + xUnit + ", sample " + labels[i]);
  }
  by("span").textContent = near(x[from]) + " to " + near(x[to]) + " " + xUnit;
  by("whole").disabled = from === 0 && to === last;
  for (const plot of plots) {
    plot.figure.hidden = !plot.box.checked;
    if (plot.box.checked) paint(plot);
  }
  marks(-1);
  rows();
}

by("from").addEventListener("input", () => choose(Math.min(Number(by("from").value), to - 1), to));
by("to").addEventListener("input", () => choose(from, Math.max(Number(by("to").value), from + 1)));
by("whole").addEventListener("click", () => choose(0, last));
by("every").addEventListener("click", () => {
  const on = plots.some(({ box }) => !box.checked);
  for (const { box } of plots) box.checked = on;
  all();
});
for (const [id, rate] of [["rate", true], ["value", false]]) {
  by(id).addEventListener("change", () => { rated = rate; all(); });
}
addEventListener("resize", all);
addEventListener("beforeprint", all);
all();
`;
