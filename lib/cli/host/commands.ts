/**
 * What is left to do for whoever installed: fwctl runs no programs.
 *
 * @module
 */
import type { HostEntry } from "../../install/compare.ts";

/** Commands, in the order to run them, on a host that runs; one that boots needs none but to enable. */
export function commandsAfter(
  entries: readonly HostEntry[],
  action: "install" | "uninstall",
): string[] {
  const done = entries.filter(({ action }) =>
    action === "create" || action === "replace" || action === "remove"
  );
  const touches = (part: string): boolean =>
    done.some(({ path }) => path.includes(part));
  const writes = (part: string): boolean =>
    done.some(({ path, action }) => action !== "remove" && path.includes(part));
  const units = done.some(({ path, kind }) =>
    kind !== "folder" && path.includes("/systemd/system/")
  );
  const there = (name: string): boolean =>
    entries.some(({ path, action }) =>
      path.endsWith(`/system/${name}`) && action !== "remove"
    );
  const linked = entries.some(({ kind, action }) =>
    kind === "link" && action !== "remove"
  );
  const rules = touches("/udev/rules.d/")
    ? ["udevadm control --reload", "udevadm trigger --subsystem-match=fwctl"]
    : [];
  if (action === "uninstall") {
    return [
      ...(units
        ? [
          "systemctl daemon-reload",
          "systemctl stop fwctl-drift.timer fwctl-prune.timer",
        ]
        : []),
      ...rules,
    ];
  }
  const timers = ["fwctl-drift.timer", "fwctl-prune.timer"];
  const services = ["fwctl-apply.service", "fwctl-seal.service"].filter(there);
  return [
    ...(writes("/sysusers.d/") ? ["systemd-sysusers fwctl.conf"] : []),
    ...(writes("/tmpfiles.d/") ? ["systemd-tmpfiles --create fwctl.conf"] : []),
    ...rules,
    ...(units ? ["systemctl daemon-reload"] : []),
    ...(linked ? [`systemctl start ${timers.join(" ")}`] : [
      `systemctl enable ${services.join(" ")}`,
      `systemctl enable --now ${timers.join(" ")}`,
    ]),
  ];
}
