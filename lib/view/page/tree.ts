/**
 * A machine as a tree on a page: physical functions, their virtual functions,
 * who has them, and what a plan does about them.
 *
 * Native `details` and lists: they open without a script and are spoken as what
 * they are. The script adds arrow keys, Home, End and letters.
 *
 * @module
 */
import { html } from "./html.ts";
import { code, type FacetList, type Facets, mark, type Room } from "./parts.ts";
import { count, thousands } from "../words.ts";

/** A device in the tree. */
export interface TreeDevice {
  /** `fwctl0`. */
  readonly name: string;
  /** `mlx5`. */
  readonly driver: string;
  /** PCI address, or what it sits on. */
  readonly address: string;
  /** Further facts: model, firmware, names of network and RDMA devices. */
  readonly facts: readonly string[];
  /** What stands in the way; "" for nothing. */
  readonly trouble: string;
  /** What plans do about the device itself. */
  readonly links: readonly TreeLink[];
  /** Its virtual functions, in order. */
  readonly functions: readonly TreeFunction[];
}

/** A virtual function in the tree. */
export interface TreeFunction {
  /** Its index. */
  readonly index: number;
  /** Its PCI address. */
  readonly pci: string;
  /** `vfio-pci, in use`. */
  readonly state: string;
  /** `held by qemu[4711] through /dev/vfio/42`; "" for nobody. */
  readonly holder: string;
  /** Its own fwctl device; "" for none. */
  readonly fwctl: string;
  /** What plans do about it. */
  readonly links: readonly TreeLink[];
}

/** From the tree to a resource. */
export interface TreeLink {
  /** Its id on the page; absent where the page has no room for it. */
  readonly id?: string;
  /** What it is about. */
  readonly title: string;
  /** `to change`. */
  readonly state: string;
  /** Beside the state: `2 fields`. */
  readonly text: string;
  /** What it can be filtered by. */
  readonly facets: Facets;
}

/** How the tree is used by keys; shown where the script runs. */
export const HINT: string =
  `<p class="hint dim" hidden>In the tree: <kbd>↑</kbd> <kbd>↓</kbd> <kbd>Home</kbd> <kbd>End</kbd> move, <kbd>→</kbd> <kbd>←</kbd> open and close, letters go to what begins so.</p>`;

/** Devices with more functions have runs of alike ones in one line. */
const MANY = 64;
/** Runs longer than this are folded. */
const RUN = 4;
/** Devices with at most so many functions are open from the start. */
const OPEN = 32;
/** Links of one line. */
const MOST_LINKS = 8;

/** The tree; lines that find no room are counted at its end. */
export function tree(
  devices: readonly TreeDevice[],
  list: FacetList,
  room: Room,
): string {
  let left = 0;
  const items: string[] = [];
  for (const device of devices) {
    const lines: string[] = [];
    let cut = 0;
    for (const [line, inside] of insideLines(device, list)) {
      if (cut === 0 && room.take(line)) lines.push(line);
      else cut += inside;
    }
    if (cut > 0) {
      lines.push(`<li class="dim">… and ${thousands(cut)} more`);
    }
    if (room.take(deviceItem(device, [], list))) {
      items.push(deviceItem(device, lines, list));
    } else left++;
  }
  if (left > 0) {
    items.push(`<li class="dim">… and ${count(left, "more device")}`);
  }
  return `<ul class="tree">
${items.join("\n")}
</ul>`;
}

function deviceItem(
  { name, driver, address, facts, trouble, links, functions }: TreeDevice,
  lines: readonly string[],
  list: FacetList,
): string {
  const head = `<b>${html(name)}</b><span>${html(driver)}</span>${
    code(address)
  }<span class="dim">${html(facts.join(" · "))}</span>${
    trouble === "" ? "" : `<span class="m stop">${html(trouble)}</span>`
  }`;
  const attribute = list.attribute({ driver: [driver] });
  const inside = functions.length + links.length;
  return inside === 0
    ? `<li ${attribute}><div class="row head" tabindex="-1">${head}</div></li>`
    : `<li ${attribute}><details${
      inside <= OPEN ? " open" : ""
    }><summary class="row head">${head}</summary><ul>
${lines.join("")}</ul></details></li>`;
}

/** Each line, and how many functions or resources it is about. */
function* insideLines(
  device: TreeDevice,
  list: FacetList,
): Generator<[line: string, count: number]> {
  for (const link of device.links) {
    yield [
      `<li ${
        list.attribute(together(device.driver, [link]))
      }><div class="row" tabindex="-1"><b>${html(link.title)}</b>${
        linkOf(link)
      }</div></li>
`,
      1,
    ];
  }
  yield* functionLines(device, list);
}

function* functionLines(
  { functions, driver }: TreeDevice,
  list: FacetList,
): Generator<[line: string, functions: number]> {
  const fold = functions.length > MANY;
  for (let at = 0; at < functions.length;) {
    const first = functions[at];
    if (!first) return;
    let end = at + 1;
    while (fold && alike(first, functions[end], end - at)) end++;
    const last = functions[end - 1];
    if (end - at > RUN && last) {
      yield [runLine(first, last, end - at, driver, list), end - at];
    } else {
      for (const each of functions.slice(at, end)) {
        yield [functionLine(each, driver, list), 1];
      }
    }
    at = end;
  }
}

function alike(
  first: TreeFunction,
  other: TreeFunction | undefined,
  distance: number,
): boolean {
  const plans = ({ links }: TreeFunction): string =>
    links.map(({ state, text }) => `${state} ${text}`).join();
  return other !== undefined && other.index === first.index + distance &&
    other.state === first.state && other.holder === "" &&
    first.holder === "" && other.fwctl === "" && first.fwctl === "" &&
    plans(other) === plans(first);
}

function functionLine(
  { index, pci, state, holder, fwctl, links }: TreeFunction,
  driver: string,
  list: FacetList,
): string {
  return `<li ${
    list.attribute(together(driver, links))
  }><div class="row" tabindex="-1"><b>VF ${index}</b>${code(pci)}<span>${
    html(state)
  }</span>${fwctl === "" ? "" : `<span>${html(fwctl)}</span>`}${
    holder === "" ? "" : `<span class="dim">${html(holder)}</span>`
  }${linksOf(links)}</div></li>
`;
}

function runLine(
  first: TreeFunction,
  last: TreeFunction,
  length: number,
  driver: string,
  list: FacetList,
): string {
  return `<li ${
    list.attribute(together(driver, first.links))
  }><div class="row" tabindex="-1"><b>VF ${first.index}-${last.index}</b>${
    code(`${first.pci} to ${last.pci}`)
  }<span>${html(first.state)}</span><span class="dim">${
    thousands(length)
  } alike</span>${linksOf(first.links)}</div></li>
`;
}

function linksOf(links: readonly TreeLink[]): string {
  const more = links.length - MOST_LINKS;
  return links.slice(0, MOST_LINKS).map(linkOf).join("") +
    (more > 0 ? `<span class="dim">and ${thousands(more)} more</span>` : "");
}

function linkOf({ id, state, text }: TreeLink): string {
  const shown = mark(state, text, state === "as declared" ? "" : "hot");
  return id === undefined ? shown : `<a href="#${id}">${shown}</a>`;
}

function together(driver: string, links: readonly TreeLink[]): Facets {
  const all = links.map(({ facets }) => facets);
  return {
    driver: [driver],
    state: all.flatMap(({ state = [] }) => state),
    scope: all.flatMap(({ scope = [] }) => scope),
    effect: all.flatMap(({ effect = [] }) => effect),
  };
}
