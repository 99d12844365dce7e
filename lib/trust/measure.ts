/**
 * Attestation: what devices are configured to, as an in-toto statement.
 *
 * The predicate ({@linkcode MEASURED}) is
 * `{ "devices": [{ address, driver, pciId, model, firmware, facts,
 * configuration }], "parts": { DIGEST: … }, "created"? }`, devices in order of
 * addresses; each is a subject too, with the sha256 of the canonical JSON of its
 * entry. `pack.ts` says what parts are. Nothing in it
 * depends on when, by whom or through which `/dev/fwctl` number it was read: the
 * same state gives the same bytes. `configuration` is null where the driver can
 * measure nothing beyond who the device is.
 *
 * @module
 */
import type {
  DeviceContext,
  DeviceIdentity,
  Driver,
} from "../../drivers/driver.ts";
import type { Inventory, InventoryDevice } from "../device/inventory.ts";
import { TrustError } from "../errors.ts";
import type { ObjectReader } from "../model/reader.ts";
import { isPlainObject, type PlainObject } from "../plain.ts";
import { canonicalJson } from "./json.ts";
import { type Packer, type Parts, partsOf } from "./pack.ts";
import { momentIn, strictly } from "./reading.ts";
import { sha256, type Statement } from "./statement.ts";
import { momentText } from "./time.ts";

/** Predicate type of measured configuration. */
export const MEASURED = "urn:fwctl-deno:measured-configuration:v1";

/** Most devices of a statement: the kernel's maximum. */
const MOST_DEVICES = 4096;

/** An open device, as attestation needs it; `Session` is one. */
export interface MeasuredSession extends DeviceContext {
  /** Its driver. */
  readonly driver: Driver;
  /** Who it is. */
  identity(): DeviceIdentity;
}

/** One device of a statement. */
export interface MeasuredDevice {
  /** PCI address or parent name. */
  readonly address: string;
  /** `mlx5`. */
  readonly driver: string;
  /** `15b3:101d`; null without PCI. */
  readonly pciId: string | null;
  /** Product. */
  readonly model: string;
  /** Firmware version, or "". */
  readonly firmware: string;
  /** What else identifies it. */
  readonly facts: Readonly<Record<string, string>>;
  /** What the driver measured; null when it measures nothing. */
  readonly configuration: PlainObject | null;
}

/**
 * What a device is called in a statement: its PCI address, or its parent where
 * it has none. Numbers such as those of fwctl0 and mem0 change from boot to
 * boot; they are used only to tell devices on one PCI function apart.
 */
export function measuredAddress(
  entry: InventoryDevice,
  { devices }: Inventory,
): string {
  const { pci, parent } = entry;
  if (pci === null) return parent;
  const alone = devices.filter((each) => each.pci === pci).length === 1;
  return alone || parent === pci ? pci : `${pci}/${parent}`;
}

/** Devices, and the parts their configurations refer to. */
export interface Measurement {
  /** In order of addresses. */
  readonly devices: readonly MeasuredDevice[];
  /** Parts by digest. */
  readonly parts: Parts;
}

/** Reads one device of a machine. Sends reads only. */
export async function measureDevice(
  session: MeasuredSession,
  inventory: Inventory,
  packer: Packer,
): Promise<MeasuredDevice> {
  const { driver, entry } = session;
  const { model, firmware, facts } = session.identity();
  const configuration = await driver.measure?.(session);
  return {
    address: measuredAddress(entry, inventory),
    driver: driver.name,
    pciId: entry.pciId,
    model,
    firmware,
    facts,
    configuration: configuration ? await packer.pack(configuration) : null,
  };
}

/** The statement of a measurement; `created` only where the time is to be in it. */
export async function measuredStatement(
  { devices, parts }: Measurement,
  created?: Date,
): Promise<Statement> {
  const sorted = [...devices].sort((a, b) => a.address < b.address ? -1 : 1);
  return {
    subjects: await Promise.all(sorted.map(async (device) => ({
      name: device.address,
      sha256: await digestOf({ ...device }),
    }))),
    predicateType: MEASURED,
    predicate: {
      devices: sorted.map((device) => ({ ...device })),
      parts: Object.fromEntries(parts),
      ...(created ? { created: momentText(created) } : {}),
    },
  };
}

async function digestOf(device: PlainObject): Promise<string> {
  return await sha256(new TextEncoder().encode(canonicalJson(device)));
}

/**
 * The measurement in a statement.
 *
 * @param where what it is in, for messages
 * @throws {TrustError} when it is another statement, or its subjects are not its devices
 */
export async function measurementOf(
  statement: Statement,
  where: string,
): Promise<Measurement> {
  const bad = (problem: string, hint?: string): TrustError =>
    new TrustError(`${where}: ${problem}`, "malformed", {
      hint: hint ?? "Make it with `fwctl attest`",
    });
  if (statement.predicateType !== MEASURED) {
    throw bad(
      `it says ${JSON.stringify(statement.predicateType)}, not ${MEASURED}`,
    );
  }
  const { items, parts } = strictly(statement.predicate, bad, (reader) => {
    momentIn(reader, "created", bad);
    return {
      items: reader.list("devices", MOST_DEVICES) ?? [],
      parts: reader.raw("parts"),
    };
  });
  const devices = items.map((item, index) =>
    strictly(
      item,
      (message, hint) => bad(`devices[${index}]: ${message}`, hint),
      deviceIn,
    )
  );
  if (devices.length !== statement.subjects.length) {
    throw bad(
      `it has ${devices.length} devices and ${statement.subjects.length} subjects`,
    );
  }
  for (const [index, device] of devices.entries()) {
    const { sha256 } = statement.subjects[index] ?? { sha256: "" };
    if (await digestOf({ ...device }) === sha256) continue;
    throw new TrustError(
      `${where}: what it says of ${device.address} is not what its digest is of`,
      "mismatch",
      { hint: "It was changed after it was made; measure again" },
    );
  }
  const twice = devices.find((device, index) =>
    devices.findIndex(({ address }) => address === device.address) !== index
  );
  if (twice) throw bad(`${twice.address} is in it twice`);
  const users = devices.map(({ configuration }) => configuration);
  return { devices, parts: await partsOf(parts, users, bad) };
}

function deviceIn(reader: ObjectReader): MeasuredDevice {
  const text = (key: string): string => {
    const value = reader.text(key);
    if (value !== undefined) return value;
    throw new TrustError(`${key} is missing`, "malformed");
  };
  const facts = reader.object("facts");
  const pciId = reader.raw("pciId");
  const configuration = reader.raw("configuration");
  return {
    address: text("address"),
    driver: text("driver"),
    pciId: pciId === null ? null : text("pciId"),
    model: text("model"),
    firmware: text("firmware"),
    facts: factsIn(facts),
    configuration: isPlainObject(configuration) ? configuration : null,
  };
}

function factsIn(
  facts: ObjectReader | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (facts?.keys() ?? []).map((key) => [key, facts?.text(key) ?? ""]),
  );
}
