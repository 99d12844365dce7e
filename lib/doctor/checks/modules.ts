/**
 * Kernel modules: fwctl itself, and those of the devices that are here.
 *
 * @module
 */
import type { Sight } from "../../../drivers/driver.ts";
import type { DoctorFacts, ModuleFact } from "../facts.ts";
import {
  type Check,
  type Finding,
  findings,
  isIn,
  isNeeded,
  moduleOf,
  sight,
  tooOld,
} from "../finding.ts";

const found = findings("module");

/** The modules that this machine's devices need, and fwctl when anything does. */
export const modules: Check = (facts) => {
  // An older kernel is the cause, and is named as such.
  if (tooOld(facts)) return [];
  const needed = facts.drivers.filter(({ name }) => isNeeded(facts, name));
  const own = needed.map(({ name, module, config }) =>
    moduleFinding(facts, module, config, name)
  );
  if (needed.length === 0) return [];
  const core = moduleFinding(facts, "fwctl", "CONFIG_FWCTL", "");
  const missing = own.some(({ severity }) => severity === "problem");
  if (core.severity !== "problem" || !missing) return [core, ...own];
  // modprobe of a driver's module brings fwctl with it; where there is no fwctl
  // to bring, that is the cause.
  return moduleOf(facts, "fwctl")?.file === ""
    ? [core, ...own.map((each) => follows(each, "needs fwctl"))]
    : [follows(core, "comes with the module of a driver"), ...own];
};

/** A problem that another one explains. */
function follows(finding: Finding, why: string): Finding {
  const { severity, subject, seen } = finding;
  return severity === "problem"
    ? found("note", `${subject} is not loaded either: it ${why}`, {
      subject,
      seen,
    })
    : finding;
}

function moduleFinding(
  facts: DoctorFacts,
  name: string,
  config: string,
  driver: string,
): Finding {
  const module = moduleOf(facts, name);
  const subject = name;
  const [loaded, , builtin, files] = facts.modules.sources;
  const inKernel = isIn(module);
  if (inKernel === true) {
    return found(
      "ok",
      module?.loaded ? "it is loaded" : "it is a part of the kernel",
      { subject },
    );
  }
  const works = driver === ""
    ? facts.devices.length > 0
    : facts.devices.some(({ entry }) => entry.driver === driver);
  if (works) return found("ok", "its devices are there", { subject });
  if (!module || inKernel === null) {
    return found(
      "unmade",
      "neither /proc/modules nor /sys/module can be read",
      {
        subject,
        seen: loaded ? [sight(loaded)] : [],
      },
    );
  }
  const seen: Sight[] = [{ path: "/proc/modules", value: `no ${name}` }];
  return notLoaded(facts, module, config, [
    ...seen,
    ...(module.file === null
      ? [builtin, files].flatMap((each) => each ? [sight(each)] : [])
      : [{
        path: files?.path ?? "",
        value: module.file === "" ? `no ${name}` : module.file,
      }]),
  ]);
}

/** Why it is not loaded, the most telling reason first. */
function notLoaded(
  { modules, config, release }: DoctorFacts,
  module: ModuleFact,
  option: string,
  seen: readonly Sight[],
): Finding {
  const { name: subject } = module;
  const set = config.values[option];
  if (module.file === "") {
    return found(
      "problem",
      set === "n"
        ? `${subject} is not loaded, and this kernel was built without it`
        : `${subject} is not loaded, and /lib/modules/${
          release.text ?? ""
        } does not have it`,
      {
        subject,
        seen: set === undefined
          ? seen
          : [...seen, { path: config.path, value: `${option}=${set}` }],
        todo: set === "n"
          ? `Boot a kernel with ${option}=m`
          : "Install the package with the rest of this kernel's modules (on some distributions linux-modules-extra), or run depmod",
      },
    );
  }
  if (modules.closed) {
    return found(
      "problem",
      `${subject} is not loaded, and the kernel takes no more modules in this boot`,
      {
        subject,
        seen: [...seen, {
          path: "/proc/sys/kernel/modules_disabled",
          value: "1",
        }],
        todo:
          "Load it earlier in the next boot: name it in /etc/modules-load.d",
      },
    );
  }
  const [block] = module.blocks;
  if (block) {
    return found("problem", `${subject} is not loaded: it is told not to be`, {
      subject,
      seen: [
        ...seen,
        ...module.blocks.map(({ path, line }) => ({ path, value: line })),
      ],
      todo: block.path === "/proc/cmdline"
        ? "Take it out of the kernel's command line and reboot"
        : `Remove the line from ${block.path}; then load it`,
      command: `modprobe ${subject}`,
    });
  }
  return found("problem", `${subject} is not loaded`, {
    subject,
    seen,
    todo: "Load it; to have it at every boot name it in /etc/modules-load.d",
    command: `modprobe ${subject}`,
  });
}
