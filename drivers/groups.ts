/**
 * Groups: classes of requests by what they reach, for policies to name. A
 * driver puts the names into {@linkcode RequestLabel.groups}.
 *
 * The first three are what the kernel's own document
 * (Documentation/userspace-api/fwctl/fwctl.rst, "Disallowed behavior") says that
 * the interface must not allow without a taint. That the kernel's lists keep to
 * it is the vendor's word; a policy need not rely on it.
 *
 * @module
 */

/** Every group with one sentence on what is in it. */
export const GROUPS = {
  "memory-access":
    "Reads or writes memory of the host or the device by address, or the keys and tables that give access to it.",
  "kernel-owned":
    "Touches objects that a kernel driver owns: queues, steering rules, contexts, error handling.",
  "data-plane":
    "Works on traffic or stored data itself, or steers it: what is another kernel subsystem's purpose.",
  "other-functions":
    "Reaches a function other than the one asking: a virtual function, a sub-function, another port.",
  "other-hosts":
    "Reaches what other hosts use: shared switches, pooled memory.",
  "firmware-update":
    "Writes the firmware flash, or chooses which image starts.",
  "stored-configuration":
    "Changes configuration that is kept over resets and power loss.",
  "counters": "Clears or resets counters that others may be reading.",
  "event-log": "Clears or writes logs of the device that others read.",
  "link": "Can take a link down or change its speed.",
  "reset": "Arms or triggers a reset of the device or of a part of it.",
  "security": "Changes passphrases, keys, locks or the security state.",
  "destructive": "Destroys data or a configuration that cannot be read back.",
  "vendor": "Has a meaning that only the vendor knows.",
  "spec-safe": "Described as harmless by the public specification.",
  "unknown": "What it does is not known here.",
} as const satisfies Readonly<Record<string, string>>;

/** A name of {@linkcode GROUPS}. */
export type Group = keyof typeof GROUPS;

/** The names, in the catalogue's order. */
export const GROUP_NAMES: readonly string[] = Object.keys(GROUPS);
