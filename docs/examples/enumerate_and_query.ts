/**
 * Lists the fwctl devices of a machine and asks each who it is.
 *
 * ```sh
 * deno run docs/examples/enumerate_and_query.ts mixed   # a modelled machine
 * deno run --allow-ffi docs/examples/enumerate_and_query.ts   # this one
 * ```
 *
 * In a project of your own the import is the library's URL, with a version:
 * `https://example.com/fwctl-deno@0.1.0/mod.ts`.
 *
 * @module
 */
import { isFwctlError, type MachineOptions, openMachine } from "../../mod.ts";

/** What is there, a line a device. */
export async function enumerate(options: MachineOptions): Promise<string[]> {
  using machine = await openMachine(options);
  const lines: string[] = [];
  for (const { name, driver, pci, virtfns } of machine.inventory.devices) {
    const where = `${name}  ${driver}  ${pci ?? "no PCI address"}`;
    try {
      const { model, firmware } = machine.session(name).identity();
      lines.push(`${where}  ${model}  firmware ${firmware || "not told"}`);
      // Any query of the driver by its name; `fwctl describe` lists them.
      const answer = machine.query(name, "identity");
      lines.push(`  ${JSON.stringify(answer)}`);
      if (virtfns.length > 0) lines.push(`  ${virtfns.length} functions`);
    } catch (error) {
      // One device that does not answer is no reason not to ask the others.
      if (!isFwctlError(error)) throw error;
      lines.push(`${where}  ${error.code}: ${error.message}`);
    }
  }
  return lines;
}

if (import.meta.main) {
  const [model] = Deno.args;
  for (const line of await enumerate(model === undefined ? {} : { model })) {
    // deno-lint-ignore no-console -- it is a program
    console.log(line);
  }
}
