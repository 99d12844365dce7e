/**
 * Shell scripts that stand in other files: checked by shellcheck, and run
 * beside a stand-in for fwctl.
 *
 * @module
 */

/** How a script ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What shellcheck says of a script; "" when nothing. */
export async function shellcheck(script: string): Promise<string> {
  const child = new Deno.Command("shellcheck", {
    args: ["--shell=sh", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}

/** Starts a script with `folder` first on the PATH. */
export function start(
  script: string,
  folder: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: ["-c", script, "script", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { PATH: `${folder}:${Deno.env.get("PATH") ?? ""}`, ...env },
  }).spawn();
}

/** Runs a script to its end. */
export async function runScript(
  ...given: Parameters<typeof start>
): Promise<Ended> {
  const { code, stdout, stderr } = await start(...given).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}
