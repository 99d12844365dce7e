/**
 * `deno task test [OPTIONS] [PATH…]`: runs all test files, or those below the
 * paths, several in one isolate. Deno gives each file an isolate of its own, and
 * loading the library anew takes longer than the tests of most files: together
 * they take three quarters of the time. `deno test FILE` runs one by itself.
 *
 * OPTIONS are `deno test`'s, such as `--filter=TEXT`.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { ROOT, toFileUrl } from "./paths.ts";

/** Files that share an isolate. */
const TOGETHER = 24;

/** Test files at or below a path, sorted. */
function testFiles(path: string): string[] {
  if (Deno.statSync(path).isFile) return [path];
  return [...Deno.readDirSync(path)]
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) =>
      isDirectory
        ? testFiles(join(path, name))
        : name.endsWith("_test.ts")
        ? [join(path, name)]
        : []
    );
}

/** Writes modules that import the files, and gives their paths. */
function write(folder: string, files: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(files.length / TOGETHER) }, (_, i) => {
    const some = files.slice(i * TOGETHER, (i + 1) * TOGETHER);
    const [first, last] = [some[0], some.at(-1)]
      .map((file) => basename(file ?? "", "_test.ts"));
    const number = String(i + 1).padStart(2, "0");
    const path = join(folder, `${number}_${first}_to_${last}_test.ts`);
    const imports = some.map((file) =>
      `import ${JSON.stringify(toFileUrl(file))};\n`
    );
    Deno.writeTextFileSync(path, imports.join(""));
    return path;
  });
}

async function main(args: readonly string[]): Promise<number> {
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const files = (paths.length > 0 ? paths : ["tests"])
    .flatMap((path) => testFiles(join(ROOT, path)));
  const folder = Deno.makeTempDirSync({ prefix: "fwctl-tests-" });
  try {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["test", "--quiet", "--no-check", "--parallel"],
        ...["--unstable-worker-options", "-A"],
        ...args.filter((arg) => arg.startsWith("-")),
        ...write(folder, files),
      ],
      cwd: ROOT,
    }).spawn().status;
    return code;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
