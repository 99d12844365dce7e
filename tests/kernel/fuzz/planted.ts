/**
 * A model with a bug, to see that the fuzzer finds it, makes it short and tells
 * it. It is one that only a sequence shows: while two contexts are open, one
 * command is refused.
 *
 * @module
 */
import type { KernelOps } from "../../../lib/model/types.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import type { LabType } from "../../oracle/lab.ts";
import { LAB_TYPES } from "../../oracle/lab_types.ts";
import { mlx5Lab } from "../../oracle/lab_mlx5.ts";

const QUERY_ISSI = 0x10a;

/** All kinds, mlx5 with the bug. */
export const PLANTED_TYPES: Readonly<Record<string, LabType>> = {
  ...LAB_TYPES,
  mlx5: {
    ...mlx5Lab,
    create: (options) => {
      const hardware = mlx5Lab.create(options);
      return { ...hardware, ops: hardware.ops.map(wrong) };
    },
  },
};

function wrong(ops: KernelOps): KernelOps {
  let open = 0;
  return {
    ...ops,
    open_uctx: () => {
      const uctx = ops.open_uctx();
      if (typeof uctx !== "number") open++;
      return uctx;
    },
    close_uctx: (uctx) => {
      open--;
      ops.close_uctx(uctx);
    },
    fw_rpc: (uctx, scope, in_, out_len, memory) => {
      const opcode = (in_[0] ?? 0) << 8 | (in_[1] ?? 0);
      const answer = ops.fw_rpc(uctx, scope, in_, out_len, memory);
      return open > 1 && opcode === QUERY_ISSI && typeof answer !== "number"
        ? -ERRNO.EBUSY
        : answer;
    },
  };
}
