/**
 * What the guest runs, made ready here: it has no network, and sees this
 * machine's modules.
 *
 * @module
 */
import { ROOT } from "../paths.ts";

/** Fetches and compiles what the guest will run. @throws `Error` with what Deno said */
export async function cacheForGuest(
  entries: readonly string[],
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", ...entries],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
