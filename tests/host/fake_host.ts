/**
 * A host made from a text: one line a file or a link, as captured from sysfs.
 *
 * ```
 * /sys/class/fwctl/fwctl0 -> ../../devices/…   a link
 * /sys/…/vendor = 0x15b3                       a file; \n and \t stand for those
 * /sys/…/fwctl/                                an empty directory
 * ```
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { pathError } from "../../lib/host/failure.ts";
import type { DeviceNode, Host } from "../../lib/host/host.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";

/** What an ioctl of a scripted node does. */
export type Script = DeviceNode["ioctl"];

/** A device node that a test writes. */
export class ScriptedNode implements DeviceNode {
  closed = 0;
  readonly path: string;
  ioctl: Script;

  constructor(path: string, ioctl: Script) {
    this.path = path;
    this.ioctl = ioctl;
  }

  close(): void {
    this.closed++;
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

/** A host whose files are known; every look at a path is noted in `looks`. */
export class FakeHost implements Host {
  readonly kind = "model";
  readonly looks: string[] = [];
  /** Called before every look; may change the tree as a hot unplug does. */
  before: (path: string) => void = () => {};
  readonly nodes = new Map<string, Script>();
  readonly opened: ScriptedNode[] = [];
  readonly #files = new Map<string, string>();
  readonly #links = new Map<string, string>();
  readonly #below = new Map<string, Set<string>>();

  constructor(text = "") {
    for (const line of text.split("\n")) {
      const [, path, kind, value = ""] =
        /^(\/\S*?)\/?(?: (->|=) (.*))?$/.exec(line) ?? [];
      if (path === undefined) continue;
      if (kind === "->") this.#links.set(path, value);
      if (kind === "=") {
        const content = value.replace(/\\n/g, "\n").replace(/\\t/g, "\t");
        this.#files.set(path, `${content}\n`);
      }
      this.#know(path, kind === undefined);
    }
  }

  #know(path: string, directory: boolean): void {
    if (directory && !this.#below.has(path)) this.#below.set(path, new Set());
    for (let at = path; at !== "";) {
      const name = at.slice(at.lastIndexOf("/") + 1);
      at = at.slice(0, at.lastIndexOf("/"));
      const names = this.#below.get(at) ?? new Set();
      this.#below.set(at, names.add(name));
    }
  }

  /** Takes a path and all below it away, without a look. */
  remove(path: string): void {
    const gone = (one: string) => one === path || one.startsWith(`${path}/`);
    for (const map of [this.#files, this.#links, this.#below]) {
      for (const one of [...map.keys()]) if (gone(one)) map.delete(one);
    }
    const parent = path.slice(0, path.lastIndexOf("/"));
    this.#below.get(parent)?.delete(path.slice(parent.length + 1));
  }

  open(path: string): DeviceNode {
    const script = this.nodes.get(path);
    if (script === undefined) throw pathError("open", path, ERRNO.ENOENT);
    const node = new ScriptedNode(path, script);
    this.opened.push(node);
    return node;
  }

  readFile(path: string, limit = 1 << 20): Bytes {
    const text = this.#files.get(this.#look("open", path));
    if (text === undefined) throw pathError("open", path, ERRNO.ENOENT);
    return new TextEncoder().encode(text).slice(0, limit);
  }

  list(path: string): string[] {
    const names = this.#below.get(this.#look("open", path));
    if (names === undefined) throw pathError("open", path, ERRNO.ENOENT);
    return [...names].sort();
  }

  readLink(path: string): string {
    const text = this.#links.get(this.#look("readlink", path, true));
    if (text === undefined) throw pathError("readlink", path, ERRNO.EINVAL);
    return text;
  }

  exists(path: string): boolean {
    try {
      const real = this.#look("open", path);
      return this.#files.has(real) || this.#below.has(real);
    } catch {
      return false;
    }
  }

  [Symbol.dispose](): void {}

  /** The path with all links followed, the last one only when `keepLast` is false. */
  #look(call: string, path: string, keepLast = false): string {
    this.looks.push(path);
    this.before(path);
    let done = "";
    const left = path.split("/").filter((part) => part !== "");
    for (let follows = 0; left.length > 0;) {
      const part = left.shift() ?? "";
      if (part === ".") continue;
      if (part === "..") {
        done = done.slice(0, Math.max(done.lastIndexOf("/"), 0));
        continue;
      }
      const link = this.#links.get(`${done}/${part}`);
      if (link === undefined || (keepLast && left.length === 0)) {
        done = `${done}/${part}`;
        continue;
      }
      if (++follows > 40) throw pathError(call, path, ERRNO.ELOOP);
      if (link.startsWith("/")) done = "";
      left.unshift(...link.split("/").filter((name) => name !== ""));
    }
    return done;
  }
}

/** A host from a file in tests/fixtures/sysfs. */
export function capturedHost(name: string): FakeHost {
  return new FakeHost(Deno.readTextFileSync(
    new URL(`../fixtures/sysfs/${name}.txt`, import.meta.url),
  ));
}
