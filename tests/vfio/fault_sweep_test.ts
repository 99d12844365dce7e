/** A fault at any request of a prepare: a sample; FWCTL_VFIO_FAULTS=1 tries every request. */
import { assert } from "@std/assert";
import { FAULTS, sweepFaults } from "./fault_sweep.ts";

const EVERY = Deno.env.get("FWCTL_VFIO_FAULTS") === "1";

for (const [index, [name, fault]] of Object.entries(FAULTS).entries()) {
  Deno.test(
    `${name} at ${
      EVERY ? "each request" : "requests all over"
    } of a prepare of two functions: as before, as declared, or what is left is named`,
    async () => {
      const codes = await sweepFaults(
        fault,
        EVERY ? 1 : 8,
        EVERY ? 1 : 1 + index,
      );
      const all = [...codes].sort(([a], [b]) => a - b);
      const said = all.map(([code, count]) => `${count} × exit ${code}`);
      // deno-lint-ignore no-console -- the figure is the claim
      console.log(`    ${said.join(", ")}`);
      assert(all.some(([code]) => code !== 0));
    },
  );
}
