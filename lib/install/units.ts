/**
 * The units of a host: apply at boot, seal, drift, and what becomes old.
 *
 * @module
 */
import { hardening } from "./hardening.ts";
import { CONFIG_DIR, type HostWish, LOG_FILE } from "./types.ts";

/** What hands functions to VMs and pods: it must find them as they are to be. */
export const CONSUMERS: readonly string[] = [
  "libvirtd.service",
  "virtqemud.service",
  "libvirt-guests.service",
  "kubelet.service",
];

/** A unit. */
export interface Unit {
  /** Its name. */
  readonly name: string;
  /** What is in it. */
  readonly text: string;
  /** What it is for. */
  readonly why: string;
  /** The target that pulls it in once it is enabled; none for one that a timer starts. */
  readonly wantedBy?: string;
}

/** All units of a wish. */
export function units(wish: HostWish): Unit[] {
  return [
    apply(wish),
    ...(wish.seal ? [seal(wish)] : []),
    drift(wish),
    timer("drift", "Look for drift of the fwctl recipes", wish.drift, "10min"),
    prune(wish),
    timer("prune", "Remove old records of fwctl runs", "weekly", "6h"),
  ];
}

/** Only where there is anything to apply. */
const CONDITION = `ConditionPathExistsGlob=|${CONFIG_DIR}/recipes/*.ts
ConditionPathExistsGlob=|${CONFIG_DIR}/recipes/*.js
`;
const DOCUMENTATION = `Documentation=file:${CONFIG_DIR}/README\n`;

/** Words of ExecStart=, in which %, $ and quotes mean something. */
export function execLine(words: readonly string[]): string {
  return words.map((word) =>
    /^[\w./:=@+,-]+$/.test(word)
      ? word
      : `"${
        word.replaceAll("\\", "\\\\").replaceAll('"', '\\"')
          .replaceAll("%", "%%").replaceAll("$", "$$$$")
      }"`
  ).join(" ");
}

function signed({ trust }: HostWish): string[] {
  return trust === undefined ? [] : ["--require-signed", "--trust", trust];
}

function capabilities({ rawio }: HostWish): string[] {
  return rawio ? ["CAP_SYS_RAWIO"] : [];
}

function apply(wish: HostWish): Unit {
  const { program, wait, waitFor } = wish;
  const command = [
    ...[program, "host", "apply", "--yes", "--wait", String(wait)],
    ...waitFor.flatMap((device) => ["--wait-for", device]),
    ...["--lock-timeout", "60", ...signed(wish), "--log", LOG_FILE],
  ];
  return {
    name: "fwctl-apply.service",
    why: "applies every recipe of the site at boot, before VMs and pods start",
    wantedBy: "multi-user.target",
    text: `[Unit]
Description=Apply the fwctl recipes of this host
${DOCUMENTATION}${CONDITION}# The driver modules come by themselves when udev finds their devices. The core
# is loaded first, because DeviceAllow= below looks its name up at the start.
Wants=modprobe@fwctl.service
After=modprobe@fwctl.service systemd-modules-load.service systemd-udev-trigger.service
# No unit says that all devices are there, and waiting for udev to settle does
# not either: --wait below waits for those that the recipes name.
#
# This orders and does not hold back: when a recipe fails, these start all the
# same. To keep one down, give it a drop-in with Requires=fwctl-apply.service.
Before=${CONSUMERS.join(" ")}

[Service]
Type=oneshot
RemainAfterExit=yes
SyslogIdentifier=fwctl-apply
ExecStart=${execLine(command)}
TimeoutStartSec=${wait + 900}
# SIGTERM lets the request in flight end and takes back what was applied.
TimeoutStopSec=5min
${hardening({ devices: true, capabilities: capabilities(wish) })}
[Install]
WantedBy=multi-user.target
`,
  };
}

function seal({ program }: HostWish): Unit {
  const command = [program, "seal", "--all", "--log", LOG_FILE];
  return {
    name: "fwctl-seal.service",
    why: "closes all devices to writes until the next boot, after the recipes",
    wantedBy: "multi-user.target",
    text: `[Unit]
Description=Close the fwctl devices to writes until the next boot
${DOCUMENTATION}# Only when every recipe was applied: somebody has to mend the others.
Requires=fwctl-apply.service
After=fwctl-apply.service
Before=${CONSUMERS.join(" ")}

[Service]
Type=oneshot
RemainAfterExit=yes
SyslogIdentifier=fwctl-seal
ExecStart=${execLine(command)}
TimeoutStartSec=2min
${hardening({ devices: false, capabilities: [] })}
[Install]
WantedBy=multi-user.target
`,
  };
}

function drift(wish: HostWish): Unit {
  const { program, prometheus } = wish;
  const command = [
    ...[program, "host", "drift", ...signed(wish), "--log", LOG_FILE],
    ...(prometheus === undefined
      ? []
      : ["--prometheus", `${prometheus}/fwctl.prom`]),
  ];
  const seen = prometheus === undefined
    ? `# Exit code 2, a value differs, leaves the unit failed: with no metrics this is
# where it is seen, as in \`systemctl --failed\`.
`
    : `# Exit code 2, a value differs, is in the metrics; 1, it could not be looked, is
# a failure.
SuccessExitStatus=2
`;
  return {
    name: "fwctl-drift.service",
    why: "compares what the recipes declare with what is; writes nothing",
    text: `[Unit]
Description=Look for drift of the fwctl recipes of this host
${DOCUMENTATION}${CONDITION}Wants=modprobe@fwctl.service
After=modprobe@fwctl.service fwctl-apply.service

[Service]
Type=oneshot
SyslogIdentifier=fwctl-drift
ExecStart=${execLine(command)}
${seen}TimeoutStartSec=15min
${
      hardening({
        devices: true,
        // A collector's folder belongs to another user.
        capabilities: prometheus === undefined ? [] : ["CAP_DAC_OVERRIDE"],
        writes: prometheus && `-${prometheus}`,
      })
    }`,
  };
}

function prune({ program, keepDays }: HostWish): Unit {
  const command = [
    ...[program, "host", "prune", "--yes", "--older-than", `${keepDays}d`],
    ...["--log", LOG_FILE],
  ];
  return {
    name: "fwctl-prune.service",
    why:
      "removes journals of runs that ended long ago, never of one that did not",
    text: `[Unit]
Description=Remove old records of fwctl runs
${DOCUMENTATION}
[Service]
Type=oneshot
SyslogIdentifier=fwctl-prune
ExecStart=${execLine(command)}
TimeoutStartSec=5min
${hardening({ devices: false, capabilities: [] })}`,
  };
}

function timer(
  name: string,
  description: string,
  calendar: string,
  delay: string,
): Unit {
  return {
    name: `fwctl-${name}.timer`,
    why: `starts fwctl-${name}.service: ${calendar}`,
    wantedBy: "timers.target",
    text: `[Unit]
Description=${description}, ${calendar}
${DOCUMENTATION}
[Timer]
OnCalendar=${calendar}
# A fleet does not do it all at one moment.
RandomizedDelaySec=${delay}
Persistent=${name === "prune" ? "yes" : "no"}

[Install]
WantedBy=timers.target
`,
  };
}
