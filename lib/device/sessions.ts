/**
 * Sessions: the devices a run has open, each opened once and when first needed.
 *
 * @module
 */
import type {
  DeviceContext,
  DeviceIdentity,
  Driver,
} from "../../drivers/driver.ts";
import { type Definition, definitionsFor } from "./definition.ts";
import type { Bytes } from "../bytes.ts";
import { isFwctlError, UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { Guard, type Policy, type Seals } from "../plan/policy.ts";
import {
  openChannel,
  openRaw,
  type RawChannel,
  type SendObserver,
} from "./channel.ts";
import type { Device } from "./device.ts";
import type { Inventory, InventoryDevice } from "./inventory.ts";
import { openDevice } from "./open.ts";

/**
 * An open device with its driver. The device itself stays with the sessions:
 * every request goes through the guard.
 */
export interface Session extends DeviceContext {
  /** The driver that speaks its protocol. */
  readonly driver: Driver;
  /** Tells its node from one of the same name made later; undefined where nothing does. */
  readonly instance?: string | undefined;
  /** The policy of the run: a plan is admitted here before it is applied. */
  readonly guard: Guard;
  /** The same of a virtual function, by its PCI address. */
  functionInstance?(pci: string): string | undefined;
  /** Who it is; read once. */
  identity(): DeviceIdentity;
}

/** An open device for single raw requests. */
export interface RawSession extends RawChannel {
  /** Its entry in the inventory. */
  readonly entry: InventoryDevice;
  /** Its driver; absent when none here speaks to it. */
  readonly driver?: Driver;
}

/** What sessions are made from. */
export interface SessionsOptions {
  /** The machine. */
  readonly host: Host;
  /** What it has. */
  readonly inventory: Inventory;
  /** Drivers to choose from, by FWCTL_INFO's device type. */
  readonly drivers: readonly Driver[];
  /** Every request is held against it. */
  readonly policy: Policy;
  /** The same for raw requests; `policy` when absent. */
  readonly raw?: Policy | undefined;
  /** Devices that are closed to writes in this boot. */
  readonly seals?: Seals | undefined;
  /** The clock that windows of time go by; the machine's when absent. */
  now?(): Date;
  /** Told of every request sent. */
  readonly observer?: SendObserver;
  /** Definition files that were given. */
  readonly definitions?: readonly Definition[];
}

/** An open device, which only this module holds. */
interface Opened {
  readonly device: Device;
  readonly entry: InventoryDevice;
  readonly session?: Session;
}

/** The open devices of a run. `using` closes all. */
export class Sessions implements Disposable {
  readonly #options: SessionsOptions;
  readonly #open = new Map<string, Opened>();
  /** The policy of this run, with what it has admitted. */
  readonly guard: Guard;
  readonly #raw: Guard;

  /** Opens nothing yet. */
  constructor(options: SessionsOptions) {
    const { inventory, policy, raw, seals } = options;
    this.#options = options;
    const world = {
      inventory,
      now: () => options.now?.() ?? new Date(),
      seals,
    };
    this.guard = new Guard(policy, world);
    this.#raw = raw ? new Guard(raw, world) : this.guard;
  }

  /** The machine's inventory. */
  get inventory(): Inventory {
    return this.#options.inventory;
  }

  /** The definition files they were given. */
  get definitions(): readonly Definition[] {
    return this.#options.definitions ?? [];
  }

  /** The policy every request is held against. */
  get policy(): Policy {
    return this.#options.policy;
  }

  /**
   * The session of a device, opened at the first call.
   *
   * @throws {UsageError} when the inventory has no such device, or no driver speaks its type
   * @throws `SyscallError` when it cannot be opened
   */
  get(name: string): Session {
    const { entry, session } = this.#opened(name);
    if (session) return session;
    throw new UsageError(`No driver here speaks to ${entry.name}`, {
      device: entry.name,
      hint: "Raw requests still work: `fwctl rpc`",
    });
  }

  /**
   * The same for raw requests, which also takes devices no driver here speaks
   * to. They are held against the policy for raw requests.
   *
   * @throws {UsageError} when the inventory has no such device
   * @throws `SyscallError` when it cannot be opened
   */
  raw(name: string): RawSession {
    const { device, entry, session } = this.#opened(name);
    const { observer } = this.#options;
    const driver = session?.driver;
    return {
      entry,
      ...(driver ? { driver } : {}),
      ...openRaw(device, this.#raw, {
        driver,
        know: session?.know,
        entry,
        observer,
      }),
    };
  }

  /** Closes every device. */
  [Symbol.dispose](): void {
    for (const { device } of this.#open.values()) device.close();
    this.#open.clear();
  }

  #opened(name: string): Opened {
    const known = this.#open.get(name);
    if (known) return known;
    const { inventory, host } = this.#options;
    const entry = inventory.devices.find((device) => device.name === name);
    if (!entry) {
      throw new UsageError(`There is no device ${name}`, {
        hint: "Run `fwctl list` to see the devices of this machine",
      });
    }
    const opened = this.#connect(entry, host);
    this.#open.set(name, opened);
    return opened;
  }

  #connect(entry: InventoryDevice, host: Host): Opened {
    const { drivers } = this.#options;
    const expected = drivers.find((driver) => driver.name === entry.driver);
    const device = openDevice(
      host,
      entry.path,
      expected ? { driver: expected } : {},
    );
    try {
      const { deviceType, deviceData } = device.info();
      const driver = drivers.find((each) => each.deviceType === deviceType);
      return driver
        ? {
          device,
          entry,
          session: this.#session(device, entry, driver, deviceData),
        }
        : { device, entry };
    } catch (error) {
      device.close();
      throw error;
    }
  }

  #session(
    device: Device,
    entry: InventoryDevice,
    driver: Driver,
    deviceData: Bytes,
  ): Session {
    const { host, observer, definitions = [] } = this.#options;
    const { guard } = this;
    const info = driver.decodeInfo(deviceData);
    let known: { readonly it: unknown } | undefined;
    const know = (): unknown => {
      // Learning must not ask for what it is about to learn.
      known ??= {
        it: driver.learn?.(
          openChannel(device, driver, guard, { observer, entry }),
          entry,
          definitionsFor(driver.name, definitions),
          info,
        ),
      };
      return known.it;
    };
    const channel = openChannel(device, driver, guard, {
      observer,
      know,
      entry,
    });
    let identity: DeviceIdentity | undefined;
    return {
      entry,
      instance: host.instance?.(entry.path),
      functionInstance: (pci) => functionInstance(host, pci),
      driver,
      channel,
      guard,
      know,
      info,
      identity: () => identity ??= driver.identify(channel, entry),
    };
  }
}

/** The inode of the link to its PF: the kernel makes it with the function. */
function functionInstance(host: Host, pci: string): string | undefined {
  try {
    return host.instance?.(`/sys/bus/pci/devices/${pci}/physfn`);
  } catch (error) {
    // Being removed: whoever compares sees in the inventory that it is gone.
    if (isFwctlError(error) && error.code === "SyscallError") return undefined;
    throw error;
  }
}
