/**
 * The commands on virtual functions before a VM gets them, with their arguments
 * and options.
 *
 * @module
 */
import {
  Command,
  type CommandUnknownOpts,
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
import { EFFECTS } from "../../../drivers/driver.ts";
import { SCOPES } from "../../uapi/fwctl.ts";
import { collect, type Run } from "./options.ts";
import { withRunOptions } from "./runs.ts";

const VFS = "virtual functions by PCI address";
const PROFILE = "profiles by VM name (JSON, fwctl-vfio-profile/1)";

/** What stands below the help of the group. */
const WITHOUT_LIBVIRT = `
Without libvirt, around QEMU (recipes/qemu_vfio.sh is the whole script):
  fwctl vfio prepare 0000:3b:00.2 --profile vms.json --vm web --yes || exit 1
  qemu-system-x86_64 … -device vfio-pci,host=0000:3b:00.2
  fwctl vfio release 0000:3b:00.2 --yes`;

const WITHOUT_HOOK = `
It knows the <hostdev> devices and the interfaces of type hostdev that a VM
starts with. Functions that a network hands out (<forward mode='hostdev'>) are
known later in the start: --networks has them prepared then. Devices that are
plugged into a VM that runs pass no hook: prepare those by hand.`;

/** The commands vfio prepare, release, status and hook. */
export function vfioCommands(run: Run): CommandUnknownOpts[] {
  const root = new Command("vfio")
    .description("virtual functions before a VM gets them")
    .addHelpText("after", WITHOUT_LIBVIRT);
  writing(root.command("prepare"))
    .description("give functions their profile; refused while anybody uses one")
    .argument("[vfs...]", `${VFS}; those of the profile when absent`)
    .option(
      "--set <fields>",
      "field=value,TYPE.field=value; over the profile; may be repeated",
      collect,
    )
    .option("--profile <file>", PROFILE)
    .option("--vm <name>", "the VM that gets them")
    .action((vfs, options) =>
      run(async (context) =>
        (await import("../vfio/vfio.ts")).prepare(context, vfs, options)
      )
    );
  writing(root.command("release"))
    .description(
      "give back what was there before; refused while a VM holds one",
    )
    .argument("<vfs...>", VFS)
    .action((vfs, options) =>
      run(async (context) =>
        (await import("../vfio/vfio.ts")).release(context, vfs, options)
      )
    );
  root.command("status")
    .description(
      "who drives and holds each function, and how its profile stands",
    )
    .argument("[vfs...]", `${VFS}; all when absent`)
    .option("--profile <file>", PROFILE)
    .option("--vm <name>", "hold them against the profile of this VM")
    .action((vfs, options) =>
      run(async (context) =>
        (await import("../vfio/status.ts")).status(context, vfs, options)
      )
    );
  root.addCommand(hook(run));
  return [root];
}

function hook(run: Run): CommandUnknownOpts {
  const root = new Command("hook")
    .description("libvirt prepares and releases the functions of its VMs")
    .addHelpText("after", WITHOUT_HOOK);
  const at = (command: Command) =>
    command.option("--root <dir>", "the folder that stands for / (default: /)");
  at(root.command("install"))
    .description("write /etc/libvirt/hooks/qemu.d/50-fwctl-vfio")
    .requiredOption("--profile <file>", PROFILE)
    .option(
      "--networks",
      "prepare functions that libvirt networks hand out, too",
    )
    .option(
      "--main",
      "write /etc/libvirt/hooks/qemu, where there is none: for libvirt before 6.5.0",
    )
    .option("--force", "replace our own file although it was edited")
    .action((options) =>
      run(async (context) =>
        (await import("../vfio/hook.ts")).install(context, options)
      )
    );
  at(root.command("remove"))
    .description("remove it")
    .option("--force", "also when it was edited")
    .action((options) =>
      run(async (context) =>
        (await import("../vfio/hook.ts")).remove(context, options)
      )
    );
  at(root.command("show"))
    .description("whether it is installed, and what it does")
    .action((options) =>
      run(async (context) =>
        (await import("../vfio/hook.ts")).show(context, options)
      )
    );
  root.command("run")
    .description("what the hook calls: the domain's XML on standard input")
    .argument("<name>", "the VM")
    .argument("<operation>", "prepare, release, …")
    .argument("[suboperation]", "begin, end, …")
    .argument("[extra...]")
    .requiredOption("--profile <file>", PROFILE)
    .option("--networks", "also with start begin")
    .action((name, operation, suboperation, _extra, options) =>
      run(async (context) =>
        (await import("../vfio/hook_run.ts")).runHook(context, {
          name,
          operation,
          suboperation: suboperation ?? "",
          profile: options.profile,
          networks: options.networks ?? false,
        })
      )
    );
  return root;
}

/** What the commands that write take. The type grows with each option; commander infers it. */
function writing(command: Command) {
  return withRunOptions(command)
    .addOption(
      new Option("--max-scope <scope>", "highest scope that may be sent")
        .choices(SCOPES),
    )
    .addOption(
      new Option("--max-effect <effect>", "strongest effect that may be sent")
        .choices(EFFECTS),
    )
    .option("--dry-run", "show the plan, and write nothing")
    .option("--yes", "do not ask")
    .option("--all", "show everything, however long");
}
