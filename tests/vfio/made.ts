/** A machine that tests make by hand. */
import { pathError } from "../../lib/host/failure.ts";
import type { Host } from "../../lib/host/host.ts";

/** A machine made of links and files alone. */
export function made(paths: Record<string, string>): Host {
  const no = (path: string): never => {
    throw pathError("open", path, 2);
  };
  return {
    kind: "model",
    open: no,
    readFile: (path) => {
      const text = paths[path];
      return text === undefined ? no(path) : new TextEncoder().encode(text);
    },
    list: (path) => {
      if (paths[`${path}/`] === "EACCES") throw pathError("open", path, 13);
      const names = new Set(
        Object.keys(paths).filter((each) => each.startsWith(`${path}/`))
          .map((each) => each.slice(path.length + 1).split("/")[0] ?? ""),
      );
      return names.size === 0 ? no(path) : [...names].sort();
    },
    readLink: (path) => paths[path] ?? no(path),
    exists: (path) => paths[path] !== undefined,
    [Symbol.dispose]: () => {},
  };
}
