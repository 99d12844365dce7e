/**
 * The machine we are in, as all sessions of a process share it: libc, user
 * memory, the devices, and the files and modules that recordings touch.
 *
 * @module
 */
import { TAINT_FWCTL } from "../../../lib/uapi/fwctl.ts";
import type { LabMemory } from "../../oracle/lab_memory.ts";
import {
  moduleFile,
  pathHere,
  type RealDevice,
  RealDevices,
  usersOf,
} from "./devices.ts";
import { errnoName, RealLibc } from "./libc.ts";
import { mapRealMemory } from "./memory.ts";

/** What a step gave: the fields a recording has of it, `ret` and `errno` first. */
export type Result = Readonly<Record<string, unknown>>;

/** A step asks for something that this machine does not have. */
export class NotHere extends Error {
  override name = "NotHere";
}

const O_WRONLY = 1;
const TAINTED = "/proc/sys/kernel/tainted";

/** One a process: its user memory lies at fixed addresses. */
export class RealMachine implements Disposable {
  /** The system calls. */
  readonly libc: RealLibc = new RealLibc();
  /** The fixed regions. */
  readonly memory: LabMemory = mapRealMemory(this.libc);
  /** What there is. */
  readonly devices: RealDevices = new RealDevices();

  /** Closes libc. */
  [Symbol.dispose](): void {
    this.libc[Symbol.dispose]();
  }

  /** The kernel's taint, and what it said when it came. */
  taint(): Result {
    const tainted = Number(Deno.readTextFileSync(TAINTED));
    return {
      fwctl: tainted >>> TAINT_FWCTL & 1,
      tainted,
      warnings: this.libc.kernelLog()
        .filter((line) => line.includes("full access"))
        .map((line) => line.replace(/\(\d+\)/, "(PID)")),
    };
  }

  /** A file's text without the final newline. @throws {NotHere} */
  readFile(path: string): Result {
    const here = pathHere(path);
    try {
      const text = Deno.readTextFileSync(here).replace(/\n$/, "");
      // The stand-ins count more devices than the recordings' machine had.
      const counters = path.startsWith("/sys/module/stub_mlx5/");
      return { text: counters ? text.split(",").slice(0, 3).join(",") : text };
    } catch (cause) {
      throw new NotHere(`${here} is not there`, { cause });
    }
  }

  /** Writes a file about a device: the error's text, or "". */
  writeFile(path: string, text: string, device: RealDevice): string {
    // Which CXL device has which number changes from boot to boot.
    const said = text.replace("cxl_mem.N", device.bindName);
    const fd = this.libc.open(pathHere(path), O_WRONLY);
    if (fd < 0) return errorText(fd, path);
    const ret = this.libc.write(fd, new TextEncoder().encode(said));
    this.libc.close(fd);
    return ret < 0 ? errorText(ret, path) : "";
  }

  /** Names of the devices that are not CXL's. */
  otherThanCxl(): string {
    return this.devices.all().filter((name) =>
      !Deno.realPathSync(`/sys/class/fwctl/${name}`).includes("/cxl_")
    ).sort().join(" ");
  }

  /** insmod and rmmod, with what the real ones would print. @throws {NotHere} */
  run(argv: readonly string[]): Result {
    const [command, argument = ""] = argv;
    const name = argument.replace(/^.*\//, "").replace(/\.ko$/, "");
    this.devices.changed();
    if (command === "rmmod") {
      const users = usersOf(name);
      return users.length > 0
        ? ended("rmmod", `Module ${name} is in use by: ${users.join(" ")}`)
        : ended("rmmod", this.libc.removeModule(name));
    }
    const file = moduleFile(name);
    if (command !== "insmod" || file === undefined) {
      throw new NotHere(`${argv.join(" ")} cannot be run here`);
    }
    return ended("insmod", this.libc.loadModule(file));
  }
}

/** How a program would end: by what a call gave, or with an error of its own. */
function ended(program: string, came: number | string): Result {
  const error = typeof came === "string"
    ? came
    : came < 0
    ? errnoName(came)
    : undefined;
  return error === undefined
    ? { code: 0, stderr: "" }
    : { code: 1, stderr: `${program}: ERROR: ${error}` };
}

/** The value of a call as recordings have it. */
export function value(ret: number): Result {
  return ret < 0 ? { ret: -1, errno: -ret } : { ret, errno: 0 };
}

function errorText(ret: number, path: string): string {
  return `${errnoName(ret)} (os error ${-ret}): writefile '${path}'`;
}
