/**
 * What the role ships: the offline bundle of this checkout, and a small thing
 * of the same form that stands for another version.
 *
 * @module
 */
import { ROOT } from "../../paths.ts";
import { must, run } from "./fleet.ts";

/** Builds the offline bundle of this checkout; says its path. */
export async function offlineBundle(folder: string): Promise<string> {
  const { code, out, err } = await run(
    [Deno.execPath(), "task", "offline", "-o", folder],
    { cwd: ROOT },
  );
  if (code !== 0) throw new Error(`deno task offline: ${out}${err}`);
  for (const { name } of Deno.readDirSync(folder)) {
    if (name.endsWith(".tar.gz")) return `${folder}/${name}`;
  }
  throw new Error(`deno task offline made no archive: ${out}`);
}

/** A bundle of a version that only says which it is. */
export async function smallBundle(
  folder: string,
  version: string,
  says = version,
): Promise<string> {
  const name = `fwctl-${version}`;
  Deno.mkdirSync(`${folder}/${name}/bin`, { recursive: true });
  Deno.writeTextFileSync(
    `${folder}/${name}/bin/fwctl`,
    `#!/bin/sh\necho ${says}\n`,
    { mode: 0o755 },
  );
  const path = `${folder}/${name}-linux-x86_64.tar.gz`;
  await must("tar", "-C", folder, "-czf", path, name);
  const [sum = ""] = (await must("sha256sum", path)).split(" ");
  Deno.writeTextFileSync(
    `${path}.sha256`,
    `${sum}  ${name}-linux-x86_64.tar.gz\n`,
  );
  return path;
}
