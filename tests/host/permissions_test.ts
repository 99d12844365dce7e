import { assertEquals, assertMatch } from "@std/assert";
import { libcCandidates } from "../../lib/host/libc.ts";

const PROBE = new URL("./permission_probe.ts", import.meta.url).pathname;
const LIBCS = libcCandidates(Deno.build.arch).filter(isFile);

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

interface Outcome {
  readonly status: Record<string, unknown>;
  readonly errors: string;
}

async function probe(
  flags: readonly string[],
  args: readonly string[] = [],
): Promise<Outcome> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", ...flags, PROBE, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const [out, errors] = [stdout, stderr].map((one) =>
    new TextDecoder().decode(one)
  );
  return { status: JSON.parse(out || "null"), errors: errors ?? "" };
}

function assertWorks({ status, errors }: Outcome): void {
  assertEquals(errors, "");
  assertEquals(status.kernel, Deno.osRelease());
  assertEquals(status.errno, "ENOTTY");
  assertEquals((status.net as string[]).includes("lo"), true);
}

Deno.test("--allow-ffi alone is enough for sysfs, procfs and a device", async () => {
  assertWorks(await probe(["--allow-ffi"]));
});

for (const libc of LIBCS) {
  Deno.test(`--allow-ffi=${libc} is enough, the path found by itself`, async () => {
    assertWorks(await probe([`--allow-ffi=${libc}`]));
  });
}

Deno.test("a libc in an unusual place is taken from the option", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const link = `${directory}/libc.so.6`;
    await Deno.symlink(LIBCS[0] ?? "", link);
    assertWorks(await probe([`--allow-ffi=${link}`], [link]));
    const { status } = await probe([`--allow-ffi=${link}`]);
    assertEquals(status.code, "UsageError");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

for (const flags of [[], ["--deny-ffi"], ["--allow-read"]]) {
  Deno.test(`without permission (${flags.join() || "no flag"}) the hint names the flag`, async () => {
    const { status, errors } = await probe(flags);
    assertEquals([status.code, errors], ["UsageError", ""]);
    assertMatch(String(status.hint), /--allow-ffi\b.*--allow-ffi=\/.*libc/);
  });
}
