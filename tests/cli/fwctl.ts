/**
 * Runs the real command as a process of its own.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { JSON_VERSION } from "../../lib/view/json.ts";
import { checkPrinted } from "../answers.ts";
import { ROOT } from "../paths.ts";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What is special about a run. */
export interface RunOptions {
  /** Standard input; none when absent. */
  readonly input?: string | Uint8Array;
  /** Deno's flags; by default files may be read and written, and no more. */
  readonly flags?: readonly string[];
  /** What is run. */
  readonly entry?: string;
}

/** What a modelled host needs: no ffi, no network, no environment. */
export const MODEL_FLAGS: readonly string[] = [
  "--unstable-worker-options",
  "--allow-read",
  "--allow-write",
];

/** Runs `fwctl ARGS`; what it prints as JSON is held against its schema. */
export async function fwctl(
  args: readonly string[],
  { input, flags = MODEL_FLAGS, entry = `${ROOT}lib/cli/main.ts` }: RunOptions =
    {},
): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", ...flags, entry, ...args],
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    cwd: ROOT,
  }).spawn();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    const bytes = typeof input === "string"
      ? new TextEncoder().encode(input)
      : input;
    // A command that refuses early does not read all of it.
    await writer.write(bytes).catch(() => {});
    await writer.close().catch(() => {});
  }
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  const ended = {
    code,
    out: decoder.decode(stdout),
    err: decoder.decode(stderr),
  };
  const said = `${args.join(" ")}\n${ended.out}\n${ended.err}`;
  assert(!/^\s+at .*:\d+:\d+/m.test(said), `a stack trace: ${said}`);
  assert(!/internal error: /.test(said), said);
  await checkPrinted(args, ended.out);
  return ended;
}

/** Runs `fwctl ARGS --json` and reads its one object. */
export async function fwctlJson(
  args: readonly string[],
  // deno-lint-ignore no-explicit-any -- a test looks into any member
): Promise<{ code: number; err: string; json: any }> {
  const { code, out, err } = await fwctl([...args, "--json"]);
  const json = JSON.parse(out);
  assertEquals(json.version, JSON_VERSION);
  return { code, err, json };
}

/** A temporary folder for one test. `using` removes it. */
export class Folder implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "fwctl-test-" });

  /** Writes a file and says its path. */
  file(name: string, content: string | Uint8Array | object): string {
    const path = `${this.path}/${name}`;
    if (content instanceof Uint8Array) Deno.writeFileSync(path, content);
    else {
      Deno.writeTextFileSync(
        path,
        typeof content === "string" ? content : JSON.stringify(content),
      );
    }
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A scenario with one ConnectX-6 Dx and `vfs` virtual functions. */
export function scenario(
  firmware: Record<string, unknown> = {},
  vfs: unknown = 4,
  host: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    format: "fwctl-scenario/1",
    name: "test",
    host,
    devices: [{
      driver: "mlx5",
      pci: "0000:3b:00.0",
      pciId: "15b3:101d",
      net: ["ens1f0np0"],
      infiniband: ["mlx5_0"],
      vfOffset: 2,
      totalVfs: 16,
      vfs,
      firmware: { type: "connectx-6-dx", ...firmware },
    }],
  };
}
