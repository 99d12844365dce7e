/**
 * The class folder and the device nodes: there, of the right number, and ours
 * to open.
 *
 * @module
 */
import type { FileStat } from "../../host/host.ts";
import type { DeviceFact, DoctorFacts, ProcessFact } from "../facts.ts";
import { type Check, type Finding, findings, sight } from "../finding.ts";

// include/uapi/linux/stat.h
const S_IFMT = 0o170000;
const S_IFCHR = 0o020000;
/** Reading and writing. */
const RW = 6;

/** Whether the kernel's class is there. */
export const classFolder: Check = (facts) => {
  const found = findings("class");
  const { text, path, error } = facts.classFolder;
  if (text !== undefined) {
    const names = text.split("\n").filter((name) => /^fwctl\d+$/.test(name));
    return [
      names.length === 0
        ? found("note", "fwctl is in the kernel, and has no device", {
          seen: [{ path, value: "empty" }],
        })
        : found("ok", "fwctl has devices", {
          seen: [{ path, value: names.slice(0, 16).join(" ") }],
        }),
    ];
  }
  if (error === "ENOENT" || error === "ENOTDIR") {
    return [
      found(
        "note",
        "the kernel has no fwctl class: fwctl is not in it, or its module is not loaded",
        {
          seen: [{ path, value: "not there" }],
        },
      ),
    ];
  }
  return [found("problem", `the fwctl class cannot be listed: ${error}`, {
    seen: [sight(facts.classFolder)],
    todo: "Run it as root, or outside of what hides /sys",
  })];
};

/** Whether each device's node is there and is its own. */
export const nodes: Check = (facts) =>
  facts.devices.map((device) => nodeFinding(facts, device));

/** What is wrong with a node; severity `ok` for one that is as it should be. */
export function nodeFinding(facts: DoctorFacts, device: DeviceFact): Finding {
  const found = findings("node");
  const { entry: { name: subject, path }, dev, node, nodeError } = device;
  const numbers = /^(\d{1,10}):(\d{1,10})$/.exec(dev.text ?? "");
  const [, major = "", minor = ""] = numbers ?? [];
  const make = `mknod ${path} c ${major} ${minor} && chmod 600 ${path}`;
  const command = numbers ? { command: make } : {};
  const seen = [sight(dev), {
    path,
    value: node ? nodeText(node) : nodeError || "not asked",
  }];
  if (node === null && nodeError === "") {
    return found("unmade", "this machine does not tell what a file is", {
      subject,
    });
  }
  if (node === null && nodeError !== "ENOENT" && nodeError !== "ENOTDIR") {
    return found("problem", `the node cannot be looked at: ${nodeError}`, {
      subject,
      seen,
      todo: "Run it as root, or as a user who may look into /dev/fwctl",
    });
  }
  if (node === null) {
    const [mark] = facts.container;
    return mark === undefined
      ? found("problem", "sysfs shows the device, and its node is not there", {
        subject,
        seen,
        todo: "Mount devtmpfs at /dev, or make the node",
        ...command,
      })
      : found(
        "problem",
        "sysfs shows the device, and its node is not there: this looks like a container that was not given it",
        {
          subject,
          seen: [...seen, { path: mark, value: "is there" }],
          todo:
            `Start the container with the device: --device ${path}, which allows it in the device cgroup too. If this is no container, make the node`,
          ...command,
        },
      );
  }
  const right = (node.mode & S_IFMT) === S_IFCHR &&
    (!numbers ||
      (node.major === Number(major) && node.minor === Number(minor)));
  if (!right) {
    return found(
      "problem",
      "the node is not the device's: it is left from another boot, or was made by hand",
      {
        subject,
        seen,
        todo: "Remove it, then make it anew",
        ...(numbers ? { command: `rm ${path} && ${make}` } : {}),
      },
    );
  }
  return found("ok", "its node is there", { subject, seen });
}

/** Whether this process may open each node by what its mode says. */
export const access: Check = (facts) => {
  const { process, devices } = facts;
  const found = findings("node-mode");
  return devices.flatMap((device): Finding[] => {
    const { node, entry: { name: subject, path } } = device;
    if (!node || nodeFinding(facts, device).severity !== "ok") return [];
    const seen = [{ path, value: nodeText(node) }];
    if (!process) {
      return [
        found("unmade", "/proc/self/status does not tell who this process is", {
          subject,
          seen,
        }),
      ];
    }
    const allowed = mayOpen(node, process);
    if (!allowed) {
      return [found("problem", `user ${process.uid} may not open it`, {
        subject,
        seen: [...seen, {
          path: "/proc/self/status",
          value: `user ${process.uid}, groups ${process.groups.join(" ")}`,
        }],
        todo:
          'Run it as root, or give the node to a group with a udev rule: SUBSYSTEM=="fwctl", GROUP="NAME", MODE="0660"',
      })];
    }
    return [
      (node.mode & 0o007) !== 0
        ? found(
          "warning",
          "every user of the machine may open it: up to scope debug-write the mode is the kernel's whole access control",
          {
            subject,
            seen,
            todo: "Take the right from others",
            command: `chmod o-rwx ${path}`,
          },
        )
        : found("ok", `user ${process.uid} may open it`, { subject, seen }),
    ];
  });
};

/** CAP_DAC_OVERRIDE: include/uapi/linux/capability.h. */
const CAP_DAC_OVERRIDE = 1n;

/** As the kernel decides it: by owner, else group, else others, unless the process goes past modes. */
export function mayOpen(
  { mode, uid, gid }: Pick<FileStat, "mode" | "uid" | "gid">,
  process: ProcessFact,
): boolean {
  const capabilities = BigInt(`0x${process.capabilities}`);
  if ((capabilities >> CAP_DAC_OVERRIDE & 1n) === 1n) return true;
  const bits = process.uid === uid
    ? mode >> 6
    : process.groups.includes(gid)
    ? mode >> 3
    : mode;
  return (bits & RW) === RW;
}

/** `c 251:0, mode 0600, owner 0:0`. */
function nodeText(
  { mode, uid, gid, major, minor }: FileStat,
): string {
  const kind = (mode & S_IFMT) === S_IFCHR
    ? `c ${major}:${minor}`
    : "no character device";
  return `${kind}, mode 0${
    (mode & 0o7777).toString(8).padStart(3, "0")
  }, owner ${uid}:${gid}`;
}
