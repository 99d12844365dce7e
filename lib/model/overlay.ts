/**
 * A file tree with some of its paths replaced.
 *
 * @module
 */
import type { ScenarioFile } from "./scenario_files.ts";
import { type DirNode, link, type TreeNode } from "./sysfs_tree.ts";

/** One directory of the replaced paths. */
interface Layer {
  readonly below: Map<string, Layer>;
  file?: ScenarioFile;
}

/** The tree as it is, or with these files in it. */
export function overlaid(
  tree: DirNode,
  files: ReadonlyMap<string, ScenarioFile>,
): DirNode {
  if (files.size === 0) return tree;
  const top: Layer = { below: new Map() };
  for (const [path, file] of files) {
    let here = top;
    for (const name of path.slice(1).split("/")) {
      const next = here.below.get(name) ?? { below: new Map() };
      here.below.set(name, next);
      here = next;
    }
    here.file = file;
  }
  return merged(tree, top);
}

function merged(base: DirNode | undefined, layer: Layer): DirNode {
  const get = (name: string): TreeNode | undefined => {
    const over = layer.below.get(name);
    if (!over) return base?.get(name);
    if (over.file?.kind === "none") return undefined;
    if (over.file?.kind === "link") return link(over.file.target);
    if (over.file?.kind === "text") {
      const { text } = over.file;
      return { kind: "file", read: () => text };
    }
    const under = base?.get(name);
    return merged(under?.kind === "dir" ? under : undefined, over);
  };
  return {
    kind: "dir",
    get,
    names: () =>
      new Set(
        [...base?.names() ?? [], ...layer.below.keys()].filter((name) =>
          get(name) !== undefined
        ),
      ),
    ...(base?.rootOnly === undefined ? {} : { rootOnly: base.rootOnly }),
  };
}
