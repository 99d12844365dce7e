/**
 * `fwctl vfio hook run NAME OPERATION SUBOPERATION`: what libvirt's hook calls.
 *
 * Of all that libvirt tells, two count: `prepare begin`, before a VM gets its
 * devices, prepares its functions, and a refusal keeps the VM from starting;
 * `release end`, when it has given them back, releases them. One line on
 * standard error says why, and the exit code is 1: libvirt shows both.
 *
 * It must never call libvirt: that waits for the hook.
 *
 * @module
 */
import { discover } from "../device/discovery.ts";
import type { Inventory } from "../device/inventory.ts";
import { type FwctlError, isFwctlError, UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { linkName } from "../host/sysfs.ts";
import { printable } from "../view/style.ts";
import { type Domain, MOST_XML, parseDomain } from "../vfio/domain.ts";
import { pciPath } from "../vfio/look.ts";
import { profileOf, type VmProfile } from "../vfio/profile.ts";
import { type Context, withHost } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { stateOf } from "./runs.ts";
import { failureOf } from "./vfio.ts";
import { prepareIn, releaseIn } from "./vfio_prepare.ts";
import { VfioRecords } from "./vfio_records.ts";
import { DRIVER, enter, type VfioOptions } from "./vfio_room.ts";
import { readProfiles, refuseOthers } from "./vfio_wanted.ts";

/** What libvirt says. */
export interface HookCall {
  /** The VM. */
  readonly name: string;
  /** `prepare`, `start`, `started`, `stopped`, `release`, `migrate`, … */
  readonly operation: string;
  /** `begin`, `end`. */
  readonly suboperation: string;
  /** The profile file. */
  readonly profile: string;
}

/** Nobody can be asked; two VMs that start at once wait for each other. */
const OPTIONS: VfioOptions = { yes: true, lockTimeout: 30 };

/**
 * Runs the command.
 *
 * @param xml the domain; standard input unless given
 */
export async function runHook(
  context: Context,
  call: HookCall,
  xml: ReadableStream<Uint8Array> = Deno.stdin.readable,
): Promise<ExitCode> {
  const { name, operation, suboperation } = call;
  try {
    const said = `${operation} ${suboperation}`;
    const input = await readInput(xml);
    if (said !== "prepare begin" && said !== "release end") return EXIT.done;
    const domain = parseDomain(input);
    if (domain.name !== name) {
      throw new UsageError(
        `The XML is of the domain ${JSON.stringify(domain.name.slice(0, 80))}`,
        { hint: "It is to be the one that the hook is called for" },
      );
    }
    const work = said === "prepare begin" ? prepareVm : releaseVm;
    await withHost(context, (host) => work(context, host, domain, call));
    return EXIT.done;
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    context.output.note(`${refusalLine(name, error)}\n`);
    return EXIT.error;
  }
}

/** One line, whatever is in the message. */
export function refusalLine(name: string, error: FwctlError): string {
  const hint = error.hint === undefined ? "" : `. ${error.hint}`;
  return printable(`fwctl: ${name.slice(0, 80)}: ${error.message}${hint}`);
}

/** The XML to its end; what is too long is refused without being kept. */
async function readInput(xml: ReadableStream<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of xml) {
    length += chunk.length;
    if (length > MOST_XML) {
      throw new UsageError(
        `The domain's XML has more than ${MOST_XML} bytes`,
        { hint: "Is it the XML of one domain?" },
      );
    }
    parts.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError("The domain's XML is not UTF-8", {
      cause,
      hint: "It is to be as libvirt writes it",
    });
  }
}

async function prepareVm(
  context: Context,
  host: Host,
  { devices }: Domain,
  { name, profile: path }: HookCall,
): Promise<void> {
  const profile = profileOf(readProfiles(path), name);
  if (!profile) return;
  const vfs = functionsOf(
    host,
    discover(host),
    devices.map(({ pci }) => pci),
    profile,
  );
  refuseOthers(vfs, profile.vfs, name);
  if (vfs.length === 0) {
    if (profile.fallback) return;
    throw new UsageError(
      "It has a profile, but none of its devices is a virtual function of an fwctl device",
      { hint: "Look at the <hostdev> devices of the VM, and at `fwctl list`" },
    );
  }
  using room = await enter(context, host, vfs, "hook", OPTIONS);
  const done = await prepareIn(
    context,
    room,
    { vfs, set: profile.set, vm: name },
    OPTIONS,
  );
  const failure = failureOf(done);
  if (failure) throw failure;
}

/**
 * The functions among a VM's devices that its profile is for. Another device,
 * such as a GPU, is none of ours; a function whose PF lost its fwctl device is,
 * and would start without its profile. The room says what is wrong with it.
 */
function functionsOf(
  host: Host,
  inventory: Inventory,
  devices: readonly string[],
  { vfs }: VmProfile,
): string[] {
  const known = new Map(
    inventory.devices.flatMap(({ driver, virtfns }) =>
      virtfns.map(({ pci }) => [pci, driver] as const)
    ),
  );
  return devices.filter((pci) => {
    if (vfs?.includes(pci)) return true;
    const driver = known.get(pci);
    if (driver !== undefined) return driver === DRIVER;
    const physfn = linkName(host, `${pciPath(pci)}/physfn`);
    return physfn !== undefined &&
      linkName(host, `${pciPath(physfn)}/driver`) === "mlx5_core";
  });
}

async function releaseVm(
  context: Context,
  host: Host,
  { devices }: Domain,
  { name }: HookCall,
): Promise<void> {
  const state = stateOf(context.globals);
  if (!state) return;
  const records = new VfioRecords(state);
  // Functions that were prepared for this VM; another may have them by now.
  const vfs = devices.map(({ pci }) => pci)
    .filter((pci) => records.read(pci)?.vm === name);
  if (vfs.length === 0) return;
  using room = await enter(context, host, vfs, "hook", OPTIONS);
  const failure = failureOf(await releaseIn(context, room, OPTIONS));
  if (failure) throw failure;
}
