/**
 * The applies that are killed: what is declared on which machine.
 *
 * @module
 */
import { connectx, twoCards } from "../../lib/model/scenarios/connectx.ts";
import type { PlainObject } from "../../lib/plain.ts";

/** One of them. */
export interface SceneSpec {
  /** For people. */
  readonly name: string;
  /** The machine. */
  readonly scenario: PlainObject;
  /** What is declared: `{ kind, body, action? }`. */
  readonly what: readonly PlainObject[];
  /** What is applied first: values that were written before are taken back to the bit. */
  readonly prior?: readonly PlainObject[];
  /** Ceilings of the policy. */
  readonly options: readonly string[];
  /** A fault of the first device that makes one of the steps fail. */
  readonly fault?: PlainObject;
}

/** Limits of a virtual function's guest. */
function caps(vf: string, roce = 0): PlainObject {
  return {
    kind: "mlx5.hca_cap",
    body: { vf, set: { log_max_qp: 12, roce } },
  };
}

function nvconfig(vfs: number, on: number): PlainObject {
  return {
    kind: "mlx5.nvconfig",
    body: {
      device: "fwctl0",
      set: {
        NUM_OF_VFS: vfs,
        REAL_TIME_CLOCK_ENABLE: on,
        ADVANCED_PCI_SETTINGS: on,
        CQE_COMPRESSION: on ? "AGGRESSIVE" : "BALANCED",
        VF_LOG_BAR_SIZE: on,
      },
    },
  };
}

function feature(last: string, data: string): PlainObject {
  return {
    kind: "cxl.feature",
    body: {
      device: "mem0",
      feature: `c0de0000-6d65-4d6f-8000-00000000000${last}`,
      data,
    },
  };
}

/** A scenario with the faults on its first device's firmware. */
function faulty(scenario: PlainObject, fault: PlainObject): PlainObject {
  const [first, ...others] = scenario.devices as readonly PlainObject[];
  const firmware = {
    ...(first?.firmware as PlainObject | undefined),
    faults: [fault],
  };
  return { ...scenario, devices: [{ ...first, firmware }, ...others] };
}

/** The machine of a scene, with its fault unless it shall work. */
export function scenarioOf(
  { scenario, fault }: SceneSpec,
  working = false,
): PlainObject {
  return fault && !working ? faulty(scenario, fault) : scenario;
}

const THREE = [2, 3, 4].map((vf) => caps(`0000:3b:00.${vf}`));
const NEXT = ["--max-effect", "next-reset"];

/** All of them. `cxl-vendor` is the caller's to give: it is made when it is loaded. */
export function scenes(cxlVendor: PlainObject): readonly SceneSpec[] {
  return [
    {
      name: "capabilities of three functions",
      scenario: connectx(),
      what: THREE,
      options: [],
    },
    {
      name: "functions of two cards",
      scenario: withVfs(twoCards()),
      what: [caps("0000:3b:00.2"), caps("0000:af:00.2")],
      options: [],
    },
    {
      name: "the third write is refused",
      scenario: connectx(),
      what: THREE,
      options: [],
      fault: { request: "SET_HCA_CAP", function: 3, status: 4 },
    },
    {
      name: "the third write times out and is carried out",
      scenario: connectx(),
      what: THREE,
      options: [],
      fault: {
        request: "SET_HCA_CAP",
        function: 3,
        errno: "ETIMEDOUT",
        executes: true,
      },
    },
    {
      name: "an action between two writes",
      scenario: connectx(),
      what: [
        caps("0000:3b:00.2"),
        {
          kind: "mlx5.nvconfig_reset",
          body: { device: "fwctl0", parameters: ["SRIOV_EN"] },
          action: true,
        },
        caps("0000:3b:00.3"),
      ],
      options: NEXT,
    },
    {
      name: "nvconfig",
      scenario: connectx(),
      // An item that was at its default is stored once it was written: that
      // is the device's, and no undo can take it back.
      prior: [nvconfig(8, 1)],
      what: [nvconfig(32, 0)],
      options: NEXT,
    },
    {
      name: "CXL features",
      scenario: cxlVendor,
      what: [
        feature("1", "0102030405060708"),
        feature("2", "0304"),
        feature("5", "0201"),
      ],
      options: [...NEXT, "--max-scope", "debug-write-full", "--allow-taint"],
    },
  ];
}

/** Every card with four virtual functions. */
function withVfs(scenario: PlainObject): PlainObject {
  const devices = (scenario.devices as readonly PlainObject[])
    .map((device) => ({ ...device, vfs: 4 }));
  return { ...scenario, devices };
}
