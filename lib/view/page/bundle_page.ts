/**
 * The page of a debug bundle: one HTML file that asks nobody for anything, works
 * from a disk, and shows every part as tables. What is too much for a page stays
 * in the archive, and the page says so.
 *
 * @module
 */
import type { PackedBundle } from "../../bundle/archive.ts";
import type { Manifest, Part } from "../../bundle/manifest.ts";
import type { PlainData } from "../../plain.ts";
import { PAGE_SCRIPT } from "./bundle_page_script.ts";
import { PAGE_STYLE } from "./bundle_page_style.ts";
import { embedded, html, page } from "./html.ts";
import { count, thousands } from "../words.ts";

/** Bytes of a page; what is listed one by one takes some, the data the rest. */
const MOST = 990_000;
/** Parts, failures and the like that a page lists one by one. */
const MOST_LISTED = 400;

/** The page as text. */
export async function bundlePage(
  { manifest, data, sha256, bytes }: PackedBundle,
): Promise<string> {
  // The machine first: it is small, and every device stands on it.
  const parts = [
    ...manifest.parts.filter(({ device }) => device === ""),
    ...manifest.parts.filter(({ device }) => device !== ""),
  ].slice(0, MOST_LISTED);
  const before = failures(manifest);
  const room = MOST - 20_000 -
    sizeOf(before + groups(manifest, parts, new Map()));
  const shown = chosen(parts, data, room);
  const json = embedded({
    parts: parts.map(({ path }) => shown.get(path) ?? null),
  });
  const title = `fwctl bundle: ${count(manifest.devices.length, "device")}`;
  return await page({
    title,
    header: `<p class="dim">sha256 of the archive <code>${
      html(sha256)
    }</code>, ${thousands(bytes.length)} bytes</p>
${about(manifest)}`,
    main: `<div class="bar" role="search">
<label for="filter">Filter</label>
<input id="filter" type="search" placeholder="a name or a value; press / to come here" autocomplete="off" spellcheck="false">
<button id="open" type="button">Open all</button>
<button id="close" type="button">Close all</button>
<span id="found" role="status" class="dim"></span>
</div>
<noscript><p class="bad">The parts are drawn by a script, which is off here. They are JSON files in the archive.</p></noscript>
${before}
${groups(manifest, parts, shown)}`,
    style: PAGE_STYLE,
    script: PAGE_SCRIPT,
    data: json,
  });
}

/** What fits, the small parts first: a page without the largest says most. */
function chosen(
  parts: readonly Part[],
  data: ReadonlyMap<string, PlainData>,
  room: number,
): Map<string, PlainData> {
  const shown = new Map<string, PlainData>();
  const sized = parts.map(({ path }) => {
    const part = data.get(path) ?? null;
    const text = JSON.stringify(part).replace(/</g, "\\u003c");
    return { path, part, size: sizeOf(text) };
  }).sort((a, b) => a.size - b.size);
  let left = room;
  for (const { path, part, size } of sized) {
    left -= size;
    if (left < 0) break;
    shown.set(path, part);
  }
  return shown;
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function about(manifest: Manifest): string {
  const { tool, created, host, policy, redaction } = manifest;
  const lines = [
    `Made by fwctl ${tool.fwctl} on Deno ${tool.deno}${
      created === null ? "" : `, ${created}`
    }, ${host === "model" ? "of a modelled host" : "of a Linux host"}.`,
    `Reads only: scope ${policy.scope}, effect ${policy.effect}, ${
      policy.taint ? "taint allowed" : "no taint"
    }.`,
    redaction === null
      ? "Nothing was replaced: it identifies devices and the machine."
      : `Replaced by pseudonyms: ${
        redaction.map(({ kind, values }) => `${kind} ${values}`).join(", ") ||
        "nothing was found"
      }.`,
  ];
  return lines.map((line) => `<p>${html(line)}</p>`).join("\n");
}

function failures({ missing, skipped }: Manifest): string {
  const list = [
    ...missing.map(({ path, code, message, hint }) =>
      `<li class="bad"><code>${html(path)}</code> ${html(code)}: ${
        html(message)
      }${hint === "" ? "" : ` <span class="dim">${html(hint)}</span>`}</li>`
    ),
    ...skipped.map(({ path, reason }) =>
      `<li><code>${html(path)}</code> <span class="dim">not asked: ${
        html(reason)
      }</span></li>`
    ),
  ];
  if (list.length === 0) return "";
  const more = list.length - MOST_LISTED;
  return `<section data-group id="missing"><h2>Not in the bundle</h2><ul>
${list.slice(0, MOST_LISTED).join("\n")}
</ul>${more > 0 ? `<p>and ${more} more: manifest.json</p>` : ""}</section>`;
}

function groups(
  { devices, parts: all }: Manifest,
  parts: readonly Part[],
  shown: ReadonlyMap<string, PlainData>,
): string {
  const titles = new Map([["", "Machine"]]);
  for (const { name, driver, address } of devices.slice(0, MOST_LISTED)) {
    titles.set(name, `${name} ${driver} ${address}`);
  }
  const sections = [...new Set(parts.map(({ device }) => device))].sort()
    .map((device) => {
      const cards = parts.map((part, index) =>
        part.device === device ? card(part, index, shown) : ""
      );
      return `<section data-group><h2>${html(titles.get(device) ?? device)}</h2>
${cards.join("")}</section>`;
    });
  const more = all.length - parts.length;
  if (more > 0) {
    sections.push(
      `<p>And ${count(more, "more part")}, which only the archive has.</p>`,
    );
  }
  return sections.join("\n");
}

function card(
  { path, title, bytes }: Part,
  index: number,
  shown: ReadonlyMap<string, PlainData>,
): string {
  const note = shown.has(path)
    ? ""
    : `<div class="box dim">Too large for this page: read it with <code>fwctl bundle show ARCHIVE --part ${
      html(path)
    }</code></div>`;
  return `<details data-part="${index}" id="p${index}"><summary><b>${
    html(path.replace(/^.*\//, "").replace(/\.json$/, ""))
  }</b>${html(title)} <span class="dim">${
    thousands(bytes)
  } bytes</span></summary>${note}</details>
`;
}
