/**
 * The kernel: its release, its configuration, what it was told to forbid.
 *
 * @module
 */
import { taintBits } from "../../bundle/taint.ts";
import { TAINT_FWCTL } from "../../uapi/fwctl.ts";
import {
  type Check,
  type Finding,
  findings,
  FIRST_RELEASE,
  isBefore,
  isIn,
  isNeeded,
  moduleOf,
  releaseOf,
  sight,
  tooOld,
} from "../finding.ts";

/** Whether the release has fwctl, and the drivers that this machine needs. */
export const kernelRelease: Check = (facts) => {
  const { release, drivers } = facts;
  const found = findings("kernel");
  const seen = [sight(release)];
  if (releaseOf(release.text) === undefined) {
    return [found("unmade", "no kernel release can be read", { seen })];
  }
  if (tooOld(facts)) {
    return [found(
      "problem",
      `fwctl is a part of Linux since ${FIRST_RELEASE}; this kernel is older and has no /sys/class/fwctl`,
      { seen, todo: `Boot a kernel from ${FIRST_RELEASE} on` },
    )];
  }
  if (isBefore(release.text, FIRST_RELEASE)) {
    return [found(
      "note",
      `the kernel is older than ${FIRST_RELEASE} and has fwctl all the same: somebody added it, and it may differ from the kernel this tool was tried on`,
      { seen },
    )];
  }
  const older = drivers.flatMap((driver): Finding[] => {
    const { name, module, since, sinceUnsure } = driver;
    const known = moduleOf(facts, module);
    if (
      !isNeeded(facts, name) || !isBefore(release.text, since) ||
      isIn(known) === true || known?.file
    ) return [];
    return [
      sinceUnsure
        ? found(
          "note",
          `${module} is known to be in Linux ${since}; whether this kernel has it is not known`,
          { subject: module, seen },
        )
        : found("problem", `${module} is a part of Linux since ${since}`, {
          subject: module,
          seen,
          todo: `Boot a kernel from ${since} on`,
        }),
    ];
  });
  return older.length > 0
    ? older
    : [found("ok", "the kernel is recent enough", { seen })];
};

/** What the kernel was built with. */
export const kernelConfig: Check = (facts) => {
  const found = findings("config");
  const { path, values } = facts.config;
  if (path === "") {
    return [found(
      "unmade",
      "no configuration of this kernel can be read: neither /boot/config-RELEASE nor /proc/config.gz",
    )];
  }
  const wanted = ["CONFIG_FWCTL"].concat(
    facts.drivers.filter(({ name }) => isNeeded(facts, name))
      .map(({ config }) => config),
  );
  const off = wanted.filter((name) => values[name] === "n");
  const seen = wanted.map((name) => ({
    path,
    value: `${name}=${values[name] ?? "?"}`,
  }));
  // Where it keeps something from working, the check of modules says so.
  return [
    off.length === 0
      ? found("ok", "the kernel was built with what is needed", { seen })
      : found("note", `the kernel was built without ${off.join(", ")}`, {
        seen,
      }),
  ];
};

/** Kernel lockdown: what it stops, and that fwctl goes on. */
export const lockdown: Check = ({ lockdown }) => {
  const found = findings("lockdown");
  const seen = [sight(lockdown)];
  if (lockdown.text === "none") {
    return [found("ok", "the kernel is not locked down", { seen })];
  }
  if (lockdown.text !== "integrity" && lockdown.text !== "confidentiality") {
    return [found("unmade", "the lockdown level cannot be read", { seen })];
  }
  return [found(
    "note",
    `lockdown ${lockdown.text} forbids what the vendors' older tools need: writing PCI configuration space, mapping BARs (resource0), /dev/mem, unsigned modules. fwctl is not restricted by it`,
    {
      seen,
      todo:
        "Use fwctl where mstflint, mlxconfig or a tool with its own module fails",
    },
  )];
};

/** Secure boot, which brings lockdown with most distributions. */
export const secureBoot: Check = ({ secureBoot }) => {
  const found = findings("secure-boot");
  const seen = [sight(secureBoot)];
  if (secureBoot.text === undefined) {
    return [
      found(
        "unmade",
        "no EFI variable tells: not booted by EFI, or efivarfs is not mounted",
        { seen },
      ),
    ];
  }
  return [
    secureBoot.text === "1"
      ? found(
        "note",
        "secure boot is on: modules must be signed, and most kernels are locked down with it. fwctl works",
        { seen },
      )
      : found("ok", "secure boot is off", { seen }),
  ];
};

/** Taint, letter by letter. */
export const taint: Check = ({ tainted, taintLine }) => {
  const found = findings("taint");
  const seen = [sight(tainted)];
  if (!/^\d{1,19}$/.test(tainted.text ?? "")) {
    return [found("unmade", "the taint cannot be read", { seen })];
  }
  const bits = taintBits(BigInt(tainted.text ?? 0));
  const fwctl = bits.filter(({ bit }) => bit === TAINT_FWCTL);
  const others = bits.filter(({ bit }) => bit !== TAINT_FWCTL);
  const log = taintLine === ""
    ? []
    : [{ path: "kernel log", value: taintLine }];
  return [
    ...fwctl.map(({ bit, letter, meaning }) =>
      found(
        "warning",
        `${letter} (bit ${bit}): ${meaning}. ${
          taintLine === ""
            ? "Since when is not known: the line was not found in the kernel log"
            : "It stays until the next boot"
        }`,
        {
          seen: [...seen, ...log],
          todo:
            "Tell whoever gets a bug report of this boot; only a reboot clears it",
        },
      )
    ),
    ...(others.length === 0 ? [] : [found(
      "note",
      others.map(({ bit, letter, meaning }) =>
        `${letter} (bit ${bit}): ${meaning}`
      ).join("; "),
      { seen },
    )]),
    ...(bits.length === 0
      ? [found("ok", "the kernel is not tainted", { seen })]
      : []),
  ];
};
