import { assertEquals } from "@std/assert";
import { libcCandidates } from "../../lib/host/libc.ts";

const PROBE = new URL("./collector_probe.ts", import.meta.url).pathname;

function scoped(): string[] {
  return libcCandidates(Deno.build.arch).filter((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  }).slice(0, 1).map((path) => `--allow-ffi=${path}`);
}

for (const flag of ["--allow-ffi", ...scoped()]) {
  Deno.test(`with ${flag} errno stays right under garbage collection, and forgotten nodes are closed`, async () => {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--v8-flags=--expose-gc",
        flag,
        PROBE,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
      wrong: 0,
      open: 50,
      left: 0,
    });
  });
}
