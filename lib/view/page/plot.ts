/**
 * A page with a plot for each series over one time: one HTML file that asks
 * nobody for anything and works from a disk. Without a script, or for those who
 * hear it, the same is there as tables.
 *
 * @module
 */
import { embedded, html, page } from "./html.ts";
import { PLOT_SCRIPT } from "./plot_script.ts";
import { PLOT_STYLE } from "./plot_style.ts";
import { thousands } from "../words.ts";

/** One line of values over time. */
export interface PlotSeries {
  /** Its short name: `0x2006`. */
  readonly id: string;
  /** Its name for people; may be empty. */
  readonly name: string;
  /** In what it is counted; may be empty. */
  readonly unit: string;
  /** A value for each point, or undefined. */
  readonly values: readonly (bigint | undefined)[];
}

/** What is plotted. */
export interface Plot {
  /** The page's title. */
  readonly title: string;
  /** Sentences below the title. */
  readonly about: readonly string[];
  /** Where each point is, rising. */
  readonly x: readonly number[];
  /** The unit of that: `s`. */
  readonly xUnit: string;
  /** A change by it: `per second`. */
  readonly per: string;
  /** The number of each point; one that is missing is a gap. */
  readonly labels: readonly number[];
  /** The series. */
  readonly series: readonly PlotSeries[];
}

/** Bytes of a page. */
const MOST = 950_000;
/** Values in a page to begin with; fewer when they take too much room. */
const MOST_VALUES = 60_000;
/** Series in a page. */
const MOST_SERIES = 64;
/** Lines of the table before a script draws it anew. */
const MOST_ROWS = 300;

/** Every so many points are in the page, so that it stays small. */
interface Thinned {
  readonly every: number;
  readonly at: readonly number[];
}

/** The page as text. */
export async function plotPage(given: Plot): Promise<string> {
  const plot = { ...given, series: given.series.slice(0, MOST_SERIES) };
  const width = plot.series.length + 2;
  let every = Math.max(1, Math.ceil(plot.x.length * width / MOST_VALUES));
  for (;; every *= 2) {
    const page = await pageOf(plot, thinned(plot, every), given.series.length);
    // With one point left it is what it is.
    if (new TextEncoder().encode(page).length < MOST || every > plot.x.length) {
      return page;
    }
  }
}

function thinned({ x }: Plot, every: number): Thinned {
  const at: number[] = [];
  for (let i = 0; i < x.length; i += every) at.push(i);
  return { every, at };
}

async function pageOf(
  plot: Plot,
  points: Thinned,
  total: number,
): Promise<string> {
  const { title, about, series, x, labels } = plot;
  const { every, at } = points;
  const notes = [
    ...about,
    ...(every > 1
      ? [
        `${thousands(at.length)} of the ${
          thousands(x.length)
        } samples are on this page, one of ${every}; a change is then the mean between two of them.`,
      ]
      : []),
    ...(total > series.length
      ? [`The first ${series.length} of ${total} counters are on this page.`]
      : []),
  ];
  const data = embedded({
    x: at.map((i) => Number((x[i] ?? 0).toPrecision(10))),
    labels: at.map((i) => labels[i] ?? i),
    step: every,
    xUnit: plot.xUnit,
    per: plot.per,
    series: series.map((each) => dataOf(each, at)),
  });
  return await page({
    title,
    header: `${notes.map((line) => `<p>${html(line)}</p>`).join("\n")}`,
    main:
      `<noscript><p class="bad">The plots are drawn by a script, which is off here. The tables below have the values.</p></noscript>
${bar(series, at.length)}
<p id="said" role="status" class="dim"></p>
${series.map(figure).join("\n")}
<h2>Counters</h2>
<div class="wide">${summary(plot)}</div>
<h2>Values</h2>
<p class="dim" id="rows">Up to ${MOST_ROWS} samples over the whole time.</p>
<div class="wide" tabindex="0" role="region" aria-label="Values">${
        values(plot, points)
      }</div>`,
    style: PLOT_STYLE,
    script: PLOT_SCRIPT,
    data,
  });
}

/** Values as differences to the first one: small numbers, and exact. */
function dataOf(
  { id, name, unit, values }: PlotSeries,
  at: readonly number[],
): Record<string, unknown> {
  const base = at.map((i) => values[i]).find((one) => one !== undefined) ?? 0n;
  return {
    name: short(name === "" ? id : name),
    unit: short(unit),
    level: !rises(values),
    base: String(base),
    v: at.map((i) => {
      const value = values[i];
      if (value === undefined) return null;
      const above = Number(value - base);
      return Number.isSafeInteger(above) ? above : String(value - base);
    }),
  };
}

function short(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function rises(values: readonly (bigint | undefined)[]): boolean {
  let last: bigint | undefined;
  for (const value of values) {
    if (value === undefined) continue;
    if (last !== undefined && value < last) return false;
    last = value;
  }
  return true;
}

function bar(series: readonly PlotSeries[], points: number): string {
  const end = Math.max(0, points - 1);
  return `<div class="bar">
<fieldset><legend>Counters</legend>
${
    series.map(({ id, name }, i) =>
      `<label><input type="checkbox" id="c${i}" checked><span class="swatch"></span>${
        html(name === "" ? id : name)
      }</label>`
    ).join("\n")
  }
<button type="button" id="every" class="act">All or none</button></fieldset>
<fieldset class="act"><legend>Show</legend>
<label><input type="radio" name="what" id="rate" checked>change per time</label>
<label><input type="radio" name="what" id="value">value</label>
<label>from <input type="range" id="from" min="0" max="${end}" value="0"></label>
<label>to <input type="range" id="to" min="0" max="${end}" value="${end}"></label>
<span id="span" class="dim"></span>
<button type="button" id="whole">Whole time</button>
<span class="dim">drag on a plot to zoom; on one in focus ← → move, + − zoom, 0 shows all</span></fieldset>
</div>`;
}

function figure({ id, name, unit }: PlotSeries, i: number): string {
  const title = html(name === "" ? id : name);
  return `<figure id="f${i}"><figcaption><b>${title}</b>${
    name === "" ? "" : ` <code>${html(id)}</code>`
  } <span class="stats dim"></span><output></output></figcaption>
<svg role="img" tabindex="0" aria-labelledby="t${i} d${i}" viewBox="0 0 800 150"><title id="t${i}">${title}${
    unit === "" ? "" : `, in ${html(unit)}`
  }</title><desc id="d${i}">The table below has its values.</desc></svg></figure>`;
}

function summary({ series }: Plot): string {
  const rows = series.map(({ id, name, unit, values }) => {
    const known = values.filter((one) => one !== undefined);
    return `<tr><th scope="row">${html(id)}</th><td>${html(name)}</td><td>${
      html(unit)
    }</td><td class="n">${digits(known[0])}</td><td class="n">${
      digits(known.at(-1))
    }</td><td>${rises(values) ? "counts" : "a level"}</td></tr>`;
  });
  return `<table><thead><tr>${
    ["counter", "name", "unit", "first", "last", "kind"]
      .map((title) => `<th scope="col">${html(title)}</th>`).join("")
  }</tr></thead><tbody>
${rows.join("\n")}
</tbody></table>`;
}

function values(
  { x, xUnit, labels, series }: Plot,
  { at }: Thinned,
): string {
  const every = Math.max(1, Math.ceil(at.length / MOST_ROWS));
  const head = ["sample", xUnit, ...series.map(({ id }) => id)];
  const rows = at.filter((_, i) => i % every === 0).map((i) =>
    `<tr>${
      [
        String(labels[i] ?? i),
        String(Number((x[i] ?? 0).toPrecision(9))),
        ...series.map(({ values }) => digits(values[i])),
      ].map((text) => `<td class="n">${text}</td>`).join("")
    }</tr>`
  );
  return `<table id="values"><thead><tr>${
    head.map((title) => `<th scope="col" class="n">${html(title)}</th>`)
      .join("")
  }</tr></thead><tbody>
${rows.join("\n")}
</tbody></table>`;
}

function digits(value: bigint | undefined): string {
  return value === undefined
    ? "-"
    : String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
