/**
 * What an errno means when a fwctl node is opened or asked, before the driver
 * has its say (`Driver.explainErrno` knows EBADMSG on mlx5, EINVAL on CXL, …).
 *
 * Source: the ioctl part of include/uapi/fwctl/fwctl.h, the order of checks in
 * drivers/fwctl/main.c, and what Linux 7.2 was seen to answer.
 *
 * @module
 */

/** What an errno means and what to do about it. */
export interface ErrnoMeaning {
  /** A clause that completes "EPERM: …". */
  readonly meaning: string;
  /** What the user can do next: one sentence. */
  readonly hint: string;
}

type Meanings = Readonly<Record<string, readonly [string, string]>>;

const LIST_DEVICES =
  "List the devices; it may have been unplugged, or its driver's fwctl module may not be loaded.";

const PROCESS_FILES = [
  "this process has too many files open",
  "Close devices that are not needed, or raise `ulimit -n`.",
] as const;
const MACHINE_FILES = [
  "the machine has too many files open",
  "Close programs that hold many files, or raise fs.file-max.",
] as const;

const OPEN: Meanings = {
  ENOENT: ["there is no such device node", LIST_DEVICES],
  ENOTDIR: [
    "the path leads through something that is no directory",
    LIST_DEVICES,
  ],
  ENODEV: [
    "the device was unplugged while its node was still there",
    LIST_DEVICES,
  ],
  ENXIO: ["no driver stands behind the node", LIST_DEVICES],
  EACCES: [
    "the node's mode does not let this user open it",
    "Run as root, or let a udev rule give the node to your group; the kernel makes it 0600 root.",
  ],
  EPERM: [
    "a device cgroup or a security module forbids the node",
    "Outside of a container it may work; inside, the container must be given /dev/fwctl/*.",
  ],
  ENOMEM: [
    "no memory, or the firmware has no room for one more user context",
    "Close other programs that hold a fwctl device open, then try again.",
  ],
  EMFILE: PROCESS_FILES,
  ENFILE: MACHINE_FILES,
  EINTR: ["a signal interrupted it", "Try again."],
  EIO: [
    "the firmware did not take the command that makes a user context",
    "Look at the kernel log; the device may need a reset.",
  ],
  ETIMEDOUT: [
    "the firmware did not answer the command that makes a user context",
    "Look at the kernel log; the device may need a reset.",
  ],
  EBUSY: [
    "the device is busy, for instance in a reset",
    "Wait until the reset is over, then try again.",
  ],
};

const IOCTL: Meanings = {
  ENOTTY: [
    "the kernel does not know this ioctl here",
    "Check that the path is a /dev/fwctl node.",
  ],
  EINVAL: [
    "the kernel finds the struct too small or the driver finds a field wrong",
    "Check the request's length and fields against the driver's documentation.",
  ],
  E2BIG: [
    "the struct is longer than the kernel's and not zero beyond it",
    "This kernel is older than the caller expects; leave the newer fields zero.",
  ],
  EFAULT: [
    "the kernel could not read or write one of the buffers",
    "The firmware may have run the request all the same; read the state again before a retry.",
  ],
  ENODEV: [
    "the device was unplugged, and this descriptor is an orphan",
    "Close it, wait for the device to come back, and open it anew; read the state again before any write.",
  ],
  EOPNOTSUPP: [
    "the kernel does not support a value in the struct",
    "This kernel may be older than the caller expects.",
  ],
  ENOMEM: [
    "the kernel has no memory for it",
    "Ask for a smaller response, or try again when memory is free.",
  ],
  EBADF: [
    "the descriptor is closed",
    "Open the device again; a closed device cannot be used.",
  ],
  EINTR: [
    "a signal interrupted it",
    "It is unknown whether the firmware ran it; read the state again before a retry.",
  ],
};

const RPC: Meanings = {
  EMSGSIZE: [
    "the request or the response is above 2 MiB, or shorter than the driver's header",
    "Check both lengths against the driver's documentation.",
  ],
  EOPNOTSUPP: [
    "the kernel does not know the scope",
    "Use one of the scopes configuration, debug-read-only, debug-write, debug-write-full.",
  ],
  EPERM: [
    "scope debug-write-full needs CAP_SYS_RAWIO, or the driver or a security module forbids the request",
    "At scope debug-write-full run with CAP_SYS_RAWIO; below it the driver refuses this request at this scope.",
  ],
  EACCES: [
    "a security module forbids the request",
    "Look at the audit log; a higher scope does not help.",
  ],
  EBADMSG: [
    "the driver does not let this request through at this scope",
    "Check the request's opcode and its least scope; the kernel's driver may also be too old to know it.",
  ],
  ETIMEDOUT: [
    "the firmware did not answer in time",
    "It is unknown whether it ran; look at the kernel log and read the state again before a retry.",
  ],
  EIO: [
    "the request could not be delivered to the device",
    "Look at the kernel log for PCI or firmware errors; read the state again before a retry.",
  ],
  ENXIO: [
    "the device is in an error state",
    "Look at the kernel log; the device may need a reset.",
  ],
  EBUSY: [
    "the device is busy, for instance in a reset",
    "Wait until the reset is over, then read the state again.",
  ],
  EAGAIN: [
    "the device has no room for one more command now",
    "Try again in a moment.",
  ],
  EREMOTEIO: [
    "the firmware refused the request before it gave a status",
    "Look at the kernel log for the firmware's reason.",
  ],
};

const PATH: Meanings = {
  ENOENT: ["there is no such file", "Check the path."],
  ENOTDIR: ["a part of the path is no directory", "Check the path."],
  EISDIR: ["it is a directory", "List it instead of reading it."],
  EINVAL: [
    "it is not of the kind that can be asked this way",
    "Check the path.",
  ],
  ENAMETOOLONG: ["the path is too long", "Use a path below 4096 bytes."],
  ELOOP: ["too many symbolic links", "Check the path."],
  ENODEV: ["the device behind it is gone", "List the devices again."],
  ENXIO: ["the device behind it is gone", "List the devices again."],
  EACCES: [
    "its mode does not let this user at it",
    "Run as root, or as a user who may read it.",
  ],
  EPERM: [
    "the kernel does not allow it",
    "Run as root; kernel lockdown may stand in the way too.",
  ],
  EMFILE: PROCESS_FILES,
  ENFILE: MACHINE_FILES,
};

const BY_CALL: Readonly<Record<string, readonly Meanings[]>> = {
  "open": [OPEN],
  "ioctl(FWCTL_INFO)": [IOCTL],
  "ioctl(FWCTL_RPC)": [RPC, IOCTL],
};

/**
 * What `name`, such as `EPERM`, means for `call`, which is as in
 * `SyscallError.call`: `open` (of a fwctl node), `ioctl(FWCTL_INFO)`,
 * `ioctl(FWCTL_RPC)`; any other call is taken for one on a file or directory.
 * Every errno has an answer.
 */
export function errnoMeaning(call: string, name: string): ErrnoMeaning {
  const tables = Object.hasOwn(BY_CALL, call) ? BY_CALL[call] : undefined;
  for (const table of tables ?? [PATH]) {
    const found = Object.hasOwn(table, name) ? table[name] : undefined;
    if (found) return { meaning: found[0], hint: found[1] };
  }
  return {
    meaning: tables === undefined
      ? "the kernel could not do it"
      : "the driver answered with an errno the fwctl core has no meaning for",
    hint: "Look at the kernel log for the reason.",
  };
}
