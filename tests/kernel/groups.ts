/**
 * Which recordings are performed together. The firmwares of the stand-ins
 * remember, so that every recording needs devices nobody used before: a boot
 * has one of each driver, and those that leave nothing behind before it.
 *
 * @module
 */

import { newer } from "./cache.ts";

/** One boot's recordings; a name may have who performs it behind a colon. */
export interface Group {
  /** For people. */
  readonly name: string;
  /** Performed under lockdown integrity and confidentiality too. */
  readonly everyLevel?: true;
  /** Words of the kernel's command line. */
  readonly words: readonly string[];
  /** In this order. */
  readonly recordings: readonly string[];
}

/** The CXL devices with a feature for every rule. */
export const FEATURES = "lab.features";

/** All recordings, in as few boots as can be. */
export const GROUPS: readonly Group[] = [
  {
    name: "every rule of the core and of each driver",
    everyLevel: true,
    words: [],
    // The first one sees the taint come: nobody may have tainted before.
    recordings: [
      ...["mlx5-nobody", "mlx5-main", "pds-main", "bnxt-main", "cxl-main"],
      // The firmware of bnxt remembers nothing that this one reads.
      "bnxt-buffers",
    ],
  },
  {
    name: "without rights",
    words: [],
    recordings: [
      ...["mlx5-nocap", "pds-nocap", "bnxt-nocap", "cxl-nocap"],
      ...["cxl-nobody", "cxl-random"],
    ],
  },
  {
    name: "random calls",
    everyLevel: true,
    words: [FEATURES],
    recordings: ["mlx5-random", "pds-random", "bnxt-random", "cxl-features"],
  },
  {
    name: "random calls without CAP_SYS_RAWIO",
    words: [FEATURES],
    recordings: [
      ...["mlx5-random-nocap", "pds-random-nocap", "bnxt-random-nocap"],
      "cxl-random-nocap",
    ],
  },
  {
    name: "random calls while devices go and come back",
    words: [FEATURES],
    recordings: ["pds-random-unplug", "cxl-random-features"],
  },
];

/** The rules again, by those who may less; only the model can say what then must come. */
export const LESS_RIGHTS: Group = {
  name: "the same rules for an ordinary user, and without CAP_SYS_RAWIO",
  words: [],
  recordings: ["mlx5", "pds", "bnxt", "cxl"].flatMap((type) => [
    `${type}-main:nobody`,
    `${type}-main:nocap`,
  ]),
};

/** Recordings of what older kernels do not have, and the kernel they were made on. */
const LATER: Readonly<Record<string, string>> = {
  "bnxt-buffers": "7.3.4",
};

/** The kernel that a kept recording was made on. */
export function recordedOn(name: string): string {
  return LATER[name] ?? "7.2.13";
}

/** Recordings of a group that a kernel has something to say to. */
export function recordingsFor(
  { recordings }: Group,
  version: string,
): readonly string[] {
  const minor = (text: string) => text.split(".").slice(0, 2).join(".");
  return recordings.filter((name) =>
    LATER[name] === undefined || newer(version, minor(recordedOn(name))) >= 0
  );
}
