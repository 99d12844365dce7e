/**
 * Who makes the calls: this thread with all rights, without CAP_SYS_RAWIO, or
 * as an ordinary user. Rights are a thread's, and the kernel looks at the
 * thread's, so one process can be all of them in turn.
 *
 * @module
 */
import { errnoName, type RealLibc } from "./libc.ts";

/** As the recordings are told: `nocap` is root without CAP_SYS_RAWIO. */
export type Identity = "root" | "nocap" | "nobody";

const CAP_SYS_RAWIO = 1n << 17n;
/** The user of the recordings. */
const NOBODY = 1000;

/** Becomes somebody for the time of `work`, which is root's before and after. */
export async function runAs<T>(
  libc: RealLibc,
  identity: Identity,
  work: () => Promise<T>,
): Promise<T> {
  const must = (what: string, ret: number): void => {
    if (ret < 0) throw new Error(`${what}: ${errnoName(ret)}`);
  };
  switch (identity) {
    case "root":
      return await work();
    case "nocap":
      must(
        "CAP_SYS_RAWIO cannot be dropped",
        libc.setCapabilities((effective) => effective & ~CAP_SYS_RAWIO),
      );
      try {
        return await work();
      } finally {
        must(
          "CAP_SYS_RAWIO does not come back",
          libc.setCapabilities((effective) => effective | CAP_SYS_RAWIO),
        );
      }
    case "nobody":
      // The effective capabilities go with the effective user, and come back.
      must("another user", libc.setUser(NOBODY));
      try {
        return await work();
      } finally {
        must("root again", libc.setUser(0));
      }
  }
}
