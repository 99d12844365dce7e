/**
 * The vendor's own tools as witnesses: mstreg and mstconfig beside this
 * library, on the same registers through the real driver. What the other tools
 * of the same package do there is in this folder's README.md.
 *
 * @module
 */
import type { PlainObject } from "../../lib/plain.ts";
import type { Machine } from "./machine_steps.ts";
import { peersFolder } from "./peers.ts";

/** ConnectX-6 Dx at byte 8 of MGIR: ACCESS_REG, a write, 32 bytes of data. */
const SET_MGIR = "0805000000000000000090200000000000000000000000000000" +
  "0212" + "00".repeat(20);

/** The machine; `twin` is the model of the plain machine. */
export function peersMachine(twin: PlainObject): Machine {
  return {
    name: "vendor tools",
    words: ["lab.nocxl"],
    missing: () => {
      const found = peersFolder();
      return "reason" in found ? found.reason : undefined;
    },
    prepare: [],
    twin,
    steps: [
      {
        name: "a raw write of MGIR says what device this is",
        args: [
          ...["rpc", "fwctl0", "--scope", "configuration", "--out", "48"],
          ...["--yes", SET_MGIR],
        ],
        exit: 0,
        says: ["00000212"],
      },
      {
        name: "mstreg writes PAOS",
        args: [],
        shell:
          'mstreg -d fwctl0 --reg_name PAOS -i "local_port=1,swid=2" -s "admin_status=2,e=1" --yes',
        exit: 0,
        says: ["admin_status", "0x00000002"],
      },
      {
        name: "and the command reads what mstreg wrote",
        args: ["query", "fwctl0", "reg", "-a", "name=PAOS"],
        exit: 0,
        says: ["DOWN"],
        // The model has not seen mstreg's write.
        compare: "exit",
      },
      {
        name:
          "what one writes the other reads, field by field, for every register both know",
        args: [],
        shell: "deno run -A --no-check tests/vm/peers_guest.ts 2>&1",
        exit: 0,
        says: ["the same both ways"],
      },
      {
        name:
          "mstconfig reads the nvconfig item written here, and what it writes is read here",
        args: [],
        shell: "deno run -A --no-check tests/vm/peers_nvconfig_guest.ts 2>&1",
        exit: 0,
        says: ["mstconfig and this library agree"],
      },
    ],
  };
}
