/**
 * `fwctl scope HEX`: which scope and which effect a request has, and why; with
 * `--list` every request of a driver. Nothing is sent; with `--device` what the
 * label depends on is read from the device.
 *
 * @module
 */
import type { Driver, Know } from "../../drivers/driver.ts";
import { findDevice } from "../device/discovery.ts";
import { UsageError } from "../errors.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { scopeNumber, scopeTaints } from "../uapi/fwctl.ts";
import { requestsText, scopeText } from "../view/scope.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { driverNamed } from "./driver_named.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { requestBytes } from "./request.ts";
import { openSessions } from "./sessions.ts";

/** The command's options. */
export interface ScopeOptions {
  /** Whose request it is. */
  readonly driver?: string | undefined;
  /** The same, by a device. */
  readonly device?: string | undefined;
  /** A file with the request. */
  readonly in?: string | undefined;
  /** Every request the driver knows. */
  readonly list?: boolean | undefined;
}

/** Runs the command. */
export async function scope(
  context: Context,
  digits: string | undefined,
  options: ScopeOptions,
): Promise<ExitCode> {
  if (options.list) return await list(context, digits, options);
  const request = requestBytes(digits, options.in);
  const { name, label } = await withDriver(
    context,
    options,
    (driver, know) => ({
      name: driver.name,
      label: driver.classify(request, know),
    }),
  );
  context.output.result(
    "scope",
    () => ({
      driver: name,
      label,
      scopeNumber: scopeNumber(label.scope),
      taints: scopeTaints(label.scope),
    }),
    (style) => scopeText(label, name, style),
  );
  return EXIT.done;
}

async function list(
  context: Context,
  digits: string | undefined,
  options: ScopeOptions,
): Promise<ExitCode> {
  if (digits !== undefined || options.in !== undefined) {
    throw new UsageError("--list and a request exclude each other", {
      hint: "Leave the request out to see all of the driver",
    });
  }
  const { name, requests } = await withDriver(
    context,
    options,
    (driver) => ({ name: driver.name, requests: driver.requests() }),
  );
  context.output.result(
    "requests",
    () => ({ driver: name, requests }),
    (style) => requestsText(requests, style),
  );
  return EXIT.done;
}

/** Runs `body` with the driver that the options name. */
async function withDriver<T>(
  context: Context,
  { driver, device }: ScopeOptions,
  body: (driver: Driver, know?: Know) => T,
): Promise<T> {
  if (device === undefined) {
    return body(
      await driverNamed(driver ?? "mlx5", context.globals),
    );
  }
  if (driver !== undefined) {
    throw new UsageError("--driver and --device both say whose request it is", {
      hint: "Give one of them",
    });
  }
  return await withHost(context, async (host) => {
    using opened = await openSessions(context, host, READ_POLICY);
    const entry = findDevice(opened.inventory, device);
    const known = opened.drivers.find(({ name }) => name === entry.driver);
    // Opened only when the label depends on what the device says of itself.
    const know = (): unknown => opened.sessions.get(entry.name).know();
    return body(
      known ?? await driverNamed(entry.driver, context.globals),
      know,
    );
  });
}
