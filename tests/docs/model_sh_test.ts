/** docs/model.sh is what the tests of the guides' commands take it for. */
import { assertEquals } from "@std/assert";
import { posix } from "node:path";
import { ROOT } from "../paths.ts";

Deno.test("after docs/model.sh there is a host that keeps its state, in scripts too, and use_model makes a new one", async () => {
  const set = "recipes/vf_caps.ts -p vf=0000:3b:00.2 -p set=roce=0";
  const script = `set -eu
. docs/model.sh
trap 'rm -rf "$fwctl_lab"' EXIT
fwctl apply ${set} --yes >/dev/null
sh -c 'fwctl drift ${set}'
fwctl journal list | tail -n +2 | wc -l
use_model mixed
fwctl journal list 2>&1 | grep -c apply || true
fwctl drift ${set} >/dev/null || echo "exit $?"
fwctl list --model two-cards | grep -c mlx5_core`;
  const { stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-c", script],
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      PATH: `${posix.dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
    },
  }).output();
  assertEquals(
    new TextDecoder().decode(stdout).split("\n").map((line) => line.trim()),
    ["✓ vf-caps: 1 resource as declared", "1", "0", "exit 2", "2", ""],
    new TextDecoder().decode(stderr),
  );
});
