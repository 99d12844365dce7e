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
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Policy } from "../plan/policy.ts";
import { openChannel, type SendObserver } from "./channel.ts";
import type { Device } from "./device.ts";
import type { Inventory, InventoryDevice } from "./inventory.ts";
import { openDevice } from "./open.ts";

/** An open device with its driver. */
export interface Session extends DeviceContext {
  /** The driver that speaks its protocol. */
  readonly driver: Driver;
  /** The open device. */
  readonly device: Device;
  /** Who it is; read once. */
  identity(): DeviceIdentity;
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
  /** Told of every request sent. */
  readonly observer?: SendObserver;
  /** Definition files that were given. */
  readonly definitions?: readonly Definition[];
}

/** The open devices of a run. `using` closes all. */
export class Sessions implements Disposable {
  readonly #options: SessionsOptions;
  readonly #open = new Map<string, Session>();

  /** Opens nothing yet. */
  constructor(options: SessionsOptions) {
    this.#options = options;
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
    const known = this.#open.get(name);
    if (known) return known;
    const { inventory, host } = this.#options;
    const entry = inventory.devices.find((device) => device.name === name);
    if (!entry) {
      throw new UsageError(`There is no device ${name}`, {
        hint: "Run `fwctl list` to see the devices of this machine",
      });
    }
    const session = this.#connect(entry, host);
    this.#open.set(name, session);
    return session;
  }

  /** Closes every device. */
  [Symbol.dispose](): void {
    for (const { device } of this.#open.values()) device.close();
    this.#open.clear();
  }

  #connect(entry: InventoryDevice, host: Host): Session {
    const { drivers, policy, observer } = this.#options;
    const expected = drivers.find((driver) => driver.name === entry.driver);
    const device = openDevice(
      host,
      entry.path,
      expected ? { driver: expected } : {},
    );
    try {
      const { deviceType, deviceData } = device.info();
      const driver = drivers.find((each) => each.deviceType === deviceType);
      if (!driver) {
        throw new UsageError(
          `No driver here speaks device type ${deviceType} of ${entry.name}`,
          {
            device: entry.name,
            hint: "Raw requests still work: `fwctl rpc`",
          },
        );
      }
      const { definitions = [] } = this.#options;
      let known: { readonly it: unknown } | undefined;
      const know = (): unknown => {
        // Learning must not ask for what it is about to learn.
        known ??= {
          it: driver.learn?.(
            openChannel(device, driver, policy, { observer }),
            entry,
            definitionsFor(driver.name, definitions),
          ),
        };
        return known.it;
      };
      const channel = openChannel(device, driver, policy, { observer, know });
      let identity: DeviceIdentity | undefined;
      return {
        entry,
        driver,
        device,
        channel,
        know,
        info: driver.decodeInfo(deviceData),
        identity: () => identity ??= driver.identify(channel, entry),
      };
    } catch (error) {
      device.close();
      throw error;
    }
  }
}
