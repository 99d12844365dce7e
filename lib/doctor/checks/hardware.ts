/**
 * The functions that should have a fwctl device, and who stands in between.
 *
 * @module
 */
import { isVfioDriver } from "../../device/functions.ts";
import type { DoctorFacts, DriverFact, FunctionFact } from "../facts.ts";
import {
  type Check,
  type Finding,
  findings,
  isIn,
  moduleMissing,
  moduleOf,
  tooOld,
} from "../finding.ts";

/** Drivers that hold a function and do nothing with it. */
const STUBS: ReadonlySet<string> = new Set(["pci-stub", "pci-pf-stub"]);

/** Whether there is anything to work with, and each function that lacks its device. */
export const hardware: Check = (facts) => {
  const found = findings("hardware");
  const { functions, devices, auxiliary, asked } = facts;
  if (functions.length + devices.length + auxiliary.length === 0) {
    const kinds = facts.drivers.map(({ name }) => name).join(", ");
    return [found(
      "problem",
      `no PCI function here is one of a driver that has fwctl (${kinds})`,
      {
        seen: [{ path: "/sys/bus/pci/devices", value: "none of theirs" }],
        todo:
          "Look at lspci -nn: the card may be absent, switched off, or given to another machine. To try without hardware: fwctl list --model connectx",
      },
    )];
  }
  const named = new Set(
    asked.flatMap((each) => each.kind === "function" ? [each.pci] : []),
  );
  const all = asked.length === 0;
  return functions.filter(({ pci }) => named.has(pci) || all)
    .map((each) =>
      each.fwctl.length > 0
        ? found("ok", `it has ${each.fwctl.join(", ")}`, { subject: each.pci })
        : lacking(facts, each, named.has(each.pci))
    );
};

function lacking(
  facts: DoctorFacts,
  each: FunctionFact,
  asked: boolean,
): Finding {
  const found = findings("hardware");
  const { pci, kernelDriver, override } = each;
  const driver = facts.drivers.find(({ name }) => name === each.driver);
  const [wanted = ""] = functionDrivers(driver);
  const path = `/sys/bus/pci/devices/${pci}/driver`;
  const seen = [
    { path, value: kernelDriver ?? "no driver" },
    ...(override === "" ? [] : [{
      path: `/sys/bus/pci/devices/${pci}/driver_override`,
      value: override,
    }]),
  ];
  const subject = pci;
  const kind = `${each.id} is one of ${each.driver}'s`;
  if (kernelDriver === null) {
    const missing = isIn(moduleOf(facts, wanted)) === false;
    return found(
      "problem",
      `${kind} and has no kernel driver: without ${wanted} it has no fwctl device`,
      {
        subject,
        seen,
        todo: missing
          ? `Load ${wanted}`
          : `Bind ${wanted} to it${
            override === "" ? "" : ", after driver_override was cleared"
          }`,
        command: missing
          ? `modprobe ${wanted}`
          : `echo ${pci} > /sys/bus/pci/drivers/${wanted}/bind`,
      },
    );
  }
  if (isVfioDriver(kernelDriver) || STUBS.has(kernelDriver)) {
    return found(
      asked ? "problem" : "warning",
      `${kind}, but ${kernelDriver} has it: it is held for a VM, and has no fwctl device as long`,
      {
        subject,
        seen,
        todo:
          `When no VM uses it, take it from ${kernelDriver}; then bind ${wanted}`,
        command: `echo ${pci} > /sys/bus/pci/drivers/${kernelDriver}/unbind`,
      },
    );
  }
  if (!functionDrivers(driver).includes(kernelDriver)) {
    return found(
      "warning",
      `${kind}, but ${kernelDriver} drives it, which has no fwctl device`,
      {
        subject,
        seen,
        todo: `Bind ${wanted} to it instead, if that is wanted`,
      },
    );
  }
  return driven(facts, each, driver, seen);
}

/** A function that its own driver has, and still no fwctl device. */
function driven(
  facts: DoctorFacts,
  { pci, driver: name, kernelDriver }: FunctionFact,
  driver: DriverFact | undefined,
  seen: Finding["seen"],
): Finding {
  const found = findings("hardware");
  const subject = pci;
  if (moduleMissing(facts, name) || tooOld(facts)) {
    return found(
      "note",
      "it has no fwctl device: that follows from the kernel's missing module",
      { subject, seen },
    );
  }
  if (facts.auxiliary.some((each) => each.pci === pci)) {
    return found("note", "it has no fwctl device: see its auxiliary device", {
      subject,
      seen,
    });
  }
  return found(
    "problem",
    `${kernelDriver} has it and made no fwctl device: ${driver?.absent ?? ""}`,
    {
      subject,
      seen,
      todo:
        "Look at the kernel log for the function, and at its firmware's version and configuration",
    },
  );
}

/** The drivers of its PCI functions; those of CXL's memory devices are not among them. */
function functionDrivers(driver: DriverFact | undefined): readonly string[] {
  return driver?.functionDrivers ?? [];
}

/** Auxiliary devices of fwctl that no driver has. */
export const auxiliary: Check = (facts) => {
  const found = findings("auxiliary");
  return facts.auxiliary.map(({ name, driver, bound }) => {
    const subject = name;
    const seen = [{
      path: `/sys/bus/auxiliary/devices/${name}/driver`,
      value: bound ?? "no driver",
    }];
    if (bound !== null) {
      return found("ok", `${bound} has it`, { subject, seen });
    }
    const module = facts.drivers.find((each) => each.name === driver)?.module ??
      "";
    if (moduleMissing(facts, driver)) {
      return found(
        "note",
        "no driver has it: that follows from the missing module",
        { subject, seen },
      );
    }
    return found(
      "problem",
      `the fwctl device was unbound: ${module} is in the kernel and does not have this auxiliary device`,
      {
        subject,
        seen,
        todo: "Bind it again; if that fails, the kernel log says why",
        command:
          `echo ${name} > /sys/bus/auxiliary/drivers/${module}.${module}/bind`,
      },
    );
  });
};
