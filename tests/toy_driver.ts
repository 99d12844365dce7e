/**
 * A toy driver for tests of the engine: a device of 16-byte units behind a
 * three-byte protocol, with failures to order. It shows that the engine knows
 * nothing of any vendor.
 *
 * Request: [0] 1 read, 2 write, 3 forbidden, 4 poke, 6 write for later; [1]
 * unit; a write has 16 bytes after that, a poke and a write for later one.
 * Response: [0] status, then the image; of a poke the byte doubled.
 */
import type {
  ActionType,
  Difference,
  Driver,
  Effect,
  FieldChange,
  RequestLabel,
  ResourceType,
} from "../drivers/driver.ts";
import { openChannel, type SendObserver } from "../lib/device/channel.ts";
import type { Device, RpcRequest } from "../lib/device/device.ts";
import type { Inventory, InventoryDevice } from "../lib/device/inventory.ts";
import { DeviceError, PlanError, RecipeError } from "../lib/errors.ts";
import type { PlanInput, PlanSession } from "../lib/plan/make.ts";
import { DEFAULT_POLICY, type Policy } from "../lib/plan/policy.ts";
import type { Declaration } from "../lib/recipe/types.ts";
import type { Scope } from "../lib/uapi/fwctl.ts";

/** Requests by their first byte. */
const NAMES: Readonly<Record<number, string>> = {
  1: "READ",
  2: "WRITE",
  4: "POKE",
  6: "WRITE_LATER",
};

/** What a unit's `value` byte may be at most. */
export const TOY_MOST = 100;

/** Label of the toy's writes, to be turned up by tests of policy. */
export const toyWrite: { scope: Scope; effect: Effect } = {
  scope: "configuration",
  effect: "runtime",
};

interface Toy {
  unit: number;
  value: number;
}

const unit: ResourceType<Toy> = {
  kind: "toy.unit",
  summary: "one unit",
  scope: null,
  effect: null,
  parse(body): Toy {
    const { unit, value } = body;
    if (typeof unit !== "number" || typeof value !== "number") {
      throw new RecipeError("unit and value must be numbers");
    }
    return { unit, value };
  },
  locate(declaration, inventory) {
    const device = inventory.devices[0];
    if (!device || declaration.unit > 200) {
      throw new PlanError(`No unit ${declaration.unit}`, "unknown-target");
    }
    return {
      device: device.name,
      unit: `unit ${declaration.unit}`,
      title: `Unit ${declaration.unit}`,
      address: "",
      vf: null,
      context: undefined,
    };
  },
  observe(declaration, _located, { channel }) {
    const request = new Uint8Array([1, declaration.unit, 0]);
    const image = channel.send(request, 17).slice(1);
    return {
      read: { request, capacity: 17, offset: 1, length: 16 },
      image,
      identity: {},
      notes: [],
      context: image,
    };
  },
  diff(declaration, observed) {
    const image = observed.image;
    const after = image.slice();
    after[3] = declaration.value;
    const change: FieldChange = {
      field: "value",
      before: image[3] ?? 0,
      after: declaration.value,
      limit: `at most ${TOY_MOST}`,
      bit: 24,
      width: 8,
    };
    const changed = change.before !== change.after;
    return {
      changes: changed ? [change] : [],
      same: changed ? [] : [change],
      after,
      writeHeader: new Uint8Array([2, declaration.unit]),
      writeCapacity: 1,
      live: "now",
      refused: declaration.value > TOY_MOST
        ? [`value ${declaration.value} is refused: at most ${TOY_MOST}`]
        : [],
    };
  },
};

/** A unit whose new value shows after a reset only, written in a form of its own. */
const late: ResourceType<Toy> = {
  ...unit,
  kind: "toy.late",
  diff(declaration, observed): Difference {
    const difference = unit.diff(declaration, observed);
    return {
      ...difference,
      writeHeader: new Uint8Array([6, declaration.unit]),
      payload: {
        write: new Uint8Array([declaration.value]),
        undo: new Uint8Array([observed.image[3] ?? 0]),
      },
      live: "next-reset",
      verifiable: false,
    };
  },
};

/** Sends a byte to a unit, which answers with twice of it. */
const poke: ActionType<Toy> = {
  kind: "toy.poke",
  summary: "pokes a unit",
  scope: null,
  effect: null,
  parse: unit.parse,
  locate: unit.locate,
  prepare: ({ unit, value }) => ({
    request: new Uint8Array([4, unit, value]),
    capacity: 2,
    identity: {},
    arguments: [{ name: "value", value }],
    notes: [],
    refused: value > TOY_MOST ? [`value ${value} is refused`] : [],
  }),
  answer: (_request, response) => ({ doubled: response[1] ?? 0 }),
};

/** The driver. */
export const toyDriver: Driver = {
  name: "toy",
  deviceType: 99,
  title: "A toy",
  kernelDrivers: ["toy_core"],
  decodeInfo: () => ({ uid: 1 }),
  describeInfo: () => ["uid 1"],
  classify(request): RequestLabel {
    const name = NAMES[request[0] ?? 0];
    const write = name !== undefined && name !== "READ";
    return {
      name: name ?? "NOTHING",
      detail: `unit ${request[1] ?? 0}`,
      allowed: name !== undefined,
      scope: write ? toyWrite.scope : "configuration",
      scopeReason: "it says so",
      effect: write ? toyWrite.effect : "read",
      effectReason: "it says so",
    };
  },
  refusal: (_request, response, device) =>
    response[0]
      ? new DeviceError("The toy refused", {
        status: response[0],
        statusName: "NO",
      }, { device })
      : undefined,
  explainErrno: () => undefined,
  identify: () => ({ model: "Toy", firmware: "1.0", facts: { serial: "7" } }),
  resources: { unit: unit as ResourceType, late: late as ResourceType },
  actions: { poke: poke as ActionType },
  queries: {},
  describe: () => [],
  requests: () => [],
  loadModel: () => Promise.reject(new Error("the toy has no model")),
};

/** What a toy device does at the nth write (from 1) instead of obeying. */
export type Failure = (
  device: ToyDevice,
  request: Uint8Array,
) => Uint8Array<ArrayBuffer> | "obey";

/** A toy device. */
export class ToyDevice implements Device {
  readonly name = "toy0";
  readonly units = new Map<number, Uint8Array<ArrayBuffer>>();
  /** What units hold after the next reset, by unit. */
  readonly later = new Map<number, number>();
  readonly writes: Uint8Array[] = [];
  readonly failures = new Map<number, Failure>();
  reads = 0;

  info(): { deviceType: number; deviceData: Uint8Array<ArrayBuffer> } {
    return { deviceType: 99, deviceData: new Uint8Array() };
  }

  unit(index: number): Uint8Array<ArrayBuffer> {
    let image = this.units.get(index);
    if (!image) {
      image = new Uint8Array(16).fill(index);
      this.units.set(index, image);
    }
    return image;
  }

  rpc({ request }: RpcRequest): {
    data: Uint8Array<ArrayBuffer>;
    length: number;
    truncated: boolean;
  } {
    const data = this.#answer(request);
    return { data, length: data.length, truncated: false };
  }

  close(): void {}
  [Symbol.dispose](): void {}

  #answer(request: Uint8Array): Uint8Array<ArrayBuffer> {
    const [op, index = 0] = request;
    if (op === 2 || op === 4 || op === 6) {
      this.writes.push(request.slice());
      const failure = this.failures.get(this.writes.length);
      const answer = failure?.(this, request) ?? "obey";
      if (answer !== "obey") return answer;
      const value = request[2] ?? 0;
      if (op === 4) return new Uint8Array([0, 2 * value]);
      if (op === 6) this.later.set(index, value);
      else this.unit(index).set(request.subarray(2));
      return new Uint8Array(1);
    }
    this.reads++;
    const answer = new Uint8Array(17);
    answer.set(this.unit(index), 1);
    return answer;
  }
}

const ENTRY: InventoryDevice = {
  name: "toy0",
  path: "/dev/fwctl/fwctl0",
  driver: "toy",
  kernelDriver: "toy_core",
  sysfs: "/sys/devices/toy",
  parent: "toy",
  pci: null,
  pciId: null,
  infiniband: [],
  net: [],
  cxl: [],
  physfn: null,
  virtfns: [],
  numVfs: null,
  totalVfs: null,
};

/** A machine with the toy in it. */
export const TOY_INVENTORY: Inventory = {
  bootId: "boot-1",
  kernel: "7.2.13",
  lockdown: "none",
  tainted: false,
  rawio: true,
  devices: [ENTRY],
};

/** A session on a toy device under a policy. */
export function toySession(
  device: ToyDevice,
  policy: Policy = DEFAULT_POLICY,
  observer?: SendObserver,
): (name: string) => PlanSession {
  const channel = openChannel(device, toyDriver, policy, { observer });
  return () => ({
    entry: ENTRY,
    driver: toyDriver,
    channel,
    info: { uid: 1 },
    know: () => undefined,
    identity: () => toyDriver.identify(channel, ENTRY),
  });
}

/** Declarations of toy units: [unit, value]. */
export function toyUnits(...pairs: [number, number][]): Declaration[] {
  return pairs.map(([unit, value]) => ({
    kind: "toy.unit",
    body: { unit, value },
  }));
}

/** What planning needs for a toy device. */
export function toyInput(
  device: ToyDevice,
  declarations: readonly Declaration[],
  policy: Policy = DEFAULT_POLICY,
): PlanInput {
  return {
    recipe: { name: "toy", url: "file:///toy.ts", digest: "00", params: {} },
    declarations,
    inventory: TOY_INVENTORY,
    drivers: [toyDriver],
    session: toySession(device, policy),
  };
}
