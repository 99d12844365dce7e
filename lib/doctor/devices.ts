/**
 * The fwctl devices: their nodes, and what they answer. Each is opened once,
 * which takes one user context of its firmware for a moment; only reads are
 * sent, by the policy of the sessions.
 *
 * @module
 */
import type { Remark } from "../../drivers/driver.ts";
import type { InventoryDevice } from "../device/inventory.ts";
import type { Session, Sessions } from "../device/sessions.ts";
import type { Host } from "../host/host.ts";
import { attribute, entriesOf, linkName, linkTarget } from "../host/sysfs.ts";
import type { AskedFact, DeviceFact, ErrorFact, NodeHolder } from "./facts.ts";
import { attempt, errorFact, textFact } from "./read.ts";

/** A device, its node, and what it answers. */
export function deviceFact(
  host: Host,
  entry: InventoryDevice,
  sessions: Sessions,
): DeviceFact {
  const dev = textFact(host, `/sys/class/fwctl/${entry.name}/dev`, 64);
  const stat = attempt(() => host.stat?.(entry.path) ?? null);
  const there = !("error" in stat);
  const asked = there ? ask(sessions, entry.name) : null;
  // Whose contexts they are is of interest when there are none left.
  const full = asked?.failed !== undefined &&
    asked.failed.errno !== "EACCES" && asked.failed.errno !== "EPERM";
  return {
    entry,
    dev,
    node: there ? stat.value : null,
    nodeError: there ? "" : stat.error.errno || stat.error.message,
    asked,
    holders: full ? holdersOf(host, entry.path) : [],
  };
}

function ask(sessions: Sessions, name: string): AskedFact {
  let session: Session;
  try {
    session = sessions.get(name);
  } catch (error) {
    return {
      failed: errorFact(error),
      info: [],
      remarks: [],
      unanswered: [],
    };
  }
  const unanswered: ErrorFact[] = [];
  const answer = <T>(read: () => T): T | undefined => {
    const got = attempt(read);
    if ("value" in got) return got.value;
    unanswered.push(got.error);
    return undefined;
  };
  const { driver } = session;
  const identity = answer(() => session.identity());
  const remarks: readonly Remark[] = identity === undefined
    ? []
    : (driver.doctor?.questions ?? []).flatMap((question) =>
      answer(() => question(session, identity)) ?? []
    );
  return {
    info: driver.describeInfo(session.info),
    ...(identity === undefined ? {} : { identity }),
    remarks,
    unanswered,
  };
}

/** Processes that have a node open, as far as /proc shows them. */
export function holdersOf(host: Host, path: string): NodeHolder[] {
  const holders: NodeHolder[] = [];
  const own = linkName(host, "/proc/self");
  for (const pid of entriesOf(host, "/proc")) {
    if (!/^\d{1,9}$/.test(pid) || pid === own) continue;
    const folder = `/proc/${pid}/fd`;
    const count = entriesOf(host, folder).filter((fd) =>
      linkTarget(host, `${folder}/${fd}`) === path
    ).length;
    if (count === 0) {
      continue;
    }
    const comm = attribute(host, `/proc/${pid}/comm`, 64) ?? "";
    holders.push({ pid: Number(pid), comm, count });
  }
  return holders;
}
