/**
 * The kernel side as TypeScript: what drivers/fwctl/NAME/main.c does between the
 * fwctl core and its device. FILL IN every check in the kernel's order, with the
 * kernel's own names, and hold it to recordings of the real driver
 * (tests/oracle): the model is only worth something where it is the kernel.
 *
 * Errors are negated errnos, as in the kernel. lib/model does what the fwctl
 * core does: sizes, scopes above 3, capabilities, the taint, copying.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { KernelOps } from "../../lib/model/types.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { scopeNumber } from "../../lib/uapi/fwctl.ts";
import { commandOf, MESSAGE_BYTES } from "./protocol.ts";
import { COMMANDS, EXAMPLE_DEVICE_TYPE } from "./tables/commands.ts";

/** What the kernel driver asks of the layer below it: the wall to the firmware. */
export interface ExampleCore {
  /** Its firmware's version. */
  readonly version: number;
  /** One command: 0 or a negated errno; the firmware's own status is in `out`. */
  command(in_: Bytes, out: Bytes): number;
}

/** fwctl_ops of a device; called at every bind. */
export function exampleOps(core: ExampleCore): KernelOps<null> {
  return {
    device_type: EXAMPLE_DEVICE_TYPE,
    // What the driver keeps for one open file; here nothing.
    open_uctx: () => null,
    close_uctx: () => {},
    info() {
      const data = new Uint8Array(4);
      new DataView(data.buffer).setUint32(0, core.version, true);
      return { data, length: data.length };
    },
    fw_rpc(_uctx, scope, in_) {
      if (in_.length < MESSAGE_BYTES) return -ERRNO.EINVAL;
      const command = COMMANDS.find(({ code }) => code === commandOf(in_));
      if (!command) return -ERRNO.EINVAL;
      if (scope < scopeNumber(command.scope)) return -ERRNO.EPERM;
      const out = new Uint8Array(MESSAGE_BYTES);
      const err = core.command(in_, out);
      return err < 0 ? err : { out, out_len: out.length };
    },
  };
}
