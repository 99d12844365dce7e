/**
 * The real command, whose device is unplugged by another process while it
 * applies: right before the first request behind its SYNCSth journal fsync.
 *
 *   deno run -A tests/vm/unplugged.ts SYNCS AUXILIARY_DEVICE ARGUMENTS…
 *
 * @module
 */
import { type DiskFile, RealDisk } from "../../lib/apply/disk.ts";
import { main } from "../../lib/cli/main.ts";
import type { DeviceNode } from "../../lib/host/host.ts";
import { LinuxHost } from "../../lib/host/linux.ts";
import { UNBIND } from "./steps_unplug.ts";

const [after, device, ...args] = Deno.args;
let syncs = 0;

const { create } = RealDisk.prototype;
RealDisk.prototype.create = function (path): DiskFile {
  const file = create.call(this, path);
  return {
    write: (bytes) => file.write(bytes),
    sync(): void {
      file.sync();
      syncs++;
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
};

const { open } = LinuxHost.prototype;
LinuxHost.prototype.open = function (path): DeviceNode {
  const node = open.call(this, path);
  return {
    path: node.path,
    ioctl(cmd, arg, pointers): number {
      if (syncs >= Number(after)) {
        syncs = Number.NEGATIVE_INFINITY;
        const args = ["-c", `echo ${device} > ${UNBIND}`];
        new Deno.Command("/bin/sh", { args }).outputSync();
      }
      return node.ioctl(cmd, arg, pointers);
    },
    close: () => node.close(),
    [Symbol.dispose]: () => node.close(),
  };
};

Deno.exit(await main(args));
