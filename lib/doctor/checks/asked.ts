/**
 * What was asked about by name and is no fwctl device: a virtual function, or
 * nothing at all.
 *
 * @module
 */
import type { AskedName } from "../facts.ts";
import { type Check, type Finding, findings } from "../finding.ts";

/** A finding for each such name. */
export const names: Check = ({ asked }) => asked.flatMap(finding);

function finding(asked: AskedName): Finding[] {
  if (asked.kind === "vf") return [vf(asked)];
  // A function without its device is found by the check of the hardware.
  if (asked.kind === "function") return [];
  return [
    findings("name")("problem", asked.message, {
      subject: asked.name.slice(0, 80),
      seen: [{
        path: "/sys/class/fwctl",
        value: `no ${asked.name.slice(0, 80)}`,
      }],
      todo: asked.hint,
    }),
  ];
}

function vf({ look }: Extract<AskedName, { kind: "vf" }>): Finding {
  const found = findings("virtual-function");
  const { pci: subject, pf, device, kernelDriver, state, holders, blind } =
    look;
  const seen = [
    {
      path: `/sys/bus/pci/devices/${subject}/driver`,
      value: kernelDriver ?? "no driver",
    },
    ...holders.map(({ pid, comm, through }) => ({
      path: `/proc/${pid}/fd`,
      value: `${comm}[${pid}] has ${through} open`,
    })),
  ];
  const whose = `VF ${look.index} of ${device} (${pf})`;
  switch (state) {
    case "free":
      return found(
        "ok",
        `${whose}: no driver has it, and its profile may be changed`,
        { subject, seen },
      );
    case "vfio-idle":
      return found(
        "ok",
        `${whose}: ${kernelDriver} has it and nobody uses it`,
        { subject, seen },
      );
    case "host-driver":
      return found(
        "problem",
        `${whose}: ${kernelDriver} of this machine uses it, so its profile is not changed`,
        {
          subject,
          seen,
          todo:
            "Unbind it first, unless this machine needs it; sriov_drivers_autoprobe 0 keeps the next ones free",
          command:
            `echo ${subject} > /sys/bus/pci/drivers/${kernelDriver}/unbind`,
        },
      );
    case "in-use": {
      const who = holders.map(({ comm, pid }) => `${comm}[${pid}]`).join(", ");
      return found(
        "problem",
        `${whose}: ${
          who === "" ? "a process" : who
        } has it open, most likely a VM: nothing is sent about it`,
        {
          subject,
          seen: [...seen, {
            path: `/sys/bus/pci/devices/${subject}/enable`,
            value: look.opened === true ? "1" : "0",
          }],
          todo: "Stop the VM, or take the function out of it",
        },
      );
    }
    case "unknown":
      return found(
        "warning",
        `${whose}: ${kernelDriver} has it, and whether anybody uses it cannot be told`,
        {
          subject,
          seen: [...seen, {
            path: "/proc/*/fd",
            value: blind < 0
              ? "cannot be listed"
              : `${blind} processes cannot be looked into`,
          }],
          todo: "Run it as root, which may look into every process",
        },
      );
  }
}
