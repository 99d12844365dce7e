/**
 * `fwctl version`: what this version was made for, and what the machine has:
 * Deno, the kernel's ABI, each driver with the kernels it was held against,
 * the forms of files.
 *
 * @module
 */
import type { Driver } from "../../../drivers/driver.ts";
import { loadDrivers } from "../../../drivers/load.ts";
import { kernelRelease } from "../../host/facts.ts";
import { FWCTL_INFO, FWCTL_RPC } from "../../uapi/fwctl.ts";
import type { Style } from "../../view/style.ts";
import { table } from "../../view/table.ts";
import type { Context } from "../context.ts";
import { withHost } from "../with_host.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { VERSION } from "../version.ts";
import { FORMATS } from "./formats.ts";

/** How a kernel stands to those a driver was held against. */
export type Standing = "held" | "older" | "newer" | "between" | "absent";

/** One driver. */
export interface DriverVersion {
  /** Its name. */
  readonly driver: string;
  /** enum fwctl_device_type. */
  readonly deviceType: number;
  /** For people. */
  readonly title: string;
  /** First release of Linux that has it; null when that is not known. */
  readonly since: string | null;
  /** Releases of Linux it was held against. */
  readonly kernels: readonly string[];
  /** How this machine's kernel stands to them; null when it is not known. */
  readonly here: Standing | null;
}

/** The ioctls of the subsystem. */
const IOCTLS = { FWCTL_INFO, FWCTL_RPC };

/** Runs the command. */
export async function version(context: Context): Promise<ExitCode> {
  const kernel = await kernelOf(context);
  const drivers = (await loadDrivers())
    .map((driver) => driverVersion(driver, kernel))
    .sort((a, b) => a.deviceType - b.deviceType);
  context.output.result(
    "version",
    () => ({
      fwctl: VERSION,
      deno: Deno.version.deno,
      ioctls: IOCTLS,
      drivers,
      machine: kernel === undefined ? null : { kernel },
      formats: FORMATS,
    }),
    (style) => versionText(drivers, kernel, style),
  );
  return EXIT.done;
}

/** The machine's kernel; undefined where the machine cannot be asked, which is no error of this command. */
async function kernelOf(context: Context): Promise<string | undefined> {
  if (context.globals.model !== undefined) {
    return await withHost(context, kernelRelease) || undefined;
  }
  try {
    return await withHost(context, kernelRelease) || undefined;
  } catch {
    return undefined;
  }
}

/** What is said of a driver, on a machine with this kernel. */
export function driverVersion(
  { name, deviceType, title, doctor, kernels = [] }: Driver,
  kernel: string | undefined,
): DriverVersion {
  const since = doctor?.since ?? null;
  return {
    driver: name,
    deviceType,
    title,
    since,
    kernels,
    here: kernel === undefined ? null : standing(kernel, since, kernels),
  };
}

/** How a release such as `6.18.44-amd64` stands to those a driver was held against; null when it is none. */
export function standing(
  release: string,
  since: string | null,
  kernels: readonly string[],
): Standing | null {
  const own = numberOf(release);
  if (own === undefined || kernels.length === 0) return null;
  const held = kernels.map((each) => numberOf(each) ?? 0);
  if (held.includes(own)) return "held";
  if (since !== null && own < (numberOf(since) ?? 0)) return "absent";
  if (own < Math.min(...held)) return "older";
  return own > Math.max(...held) ? "newer" : "between";
}

/** Major and minor as one number: 6.18 is 6018. */
function numberOf(release: string): number | undefined {
  const [, major, minor] = /^(\d{1,3})\.(\d{1,3})/.exec(release) ?? [];
  return major === undefined ? undefined : Number(major) * 1000 + Number(minor);
}

const MEANS: Readonly<Record<Standing, string>> = {
  held: "held against",
  older: "older than those, not held against",
  newer: "newer than those, not held against",
  between: "between those, not held against",
  absent: "too old: it has no such driver",
};

function versionText(
  drivers: readonly DriverVersion[],
  kernel: string | undefined,
  style: Style,
): string {
  const ioctls = Object.entries(IOCTLS)
    .map(([name, number]) => `${name} 0x${number.toString(16)}`);
  const rows = drivers.map((each) => [
    each.driver,
    `${each.deviceType}`,
    each.title,
    each.since ?? "",
    each.kernels.join(", "),
    each.here === null ? "not known" : MEANS[each.here],
  ]);
  const header = ["driver", "type", "devices", "since Linux", "held against"];
  return [
    `${style(`fwctl ${VERSION}`, "bold")}, Deno ${Deno.version.deno}`,
    `kernel ABI: ${ioctls.join(", ")}`,
    kernel === undefined
      ? "this machine: its kernel cannot be read"
      : `this machine: Linux ${style(kernel)}`,
    "",
    ...table(rows, { header: [...header, "this kernel"], right: [1] }, style),
    "",
    "files:",
    ...table(
      Object.entries(FORMATS),
      { indent: "  " },
      style,
    ),
    "",
  ].join("\n");
}
