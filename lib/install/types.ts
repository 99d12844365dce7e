/**
 * What goes onto a host, as plain data. Nothing here touches a disk.
 *
 * @module
 */

/** What is in the mark of a host's files. */
export const HOST_TAG = "fwctl-host/1";

/** Where a site keeps what it declares. */
export const CONFIG_DIR = "/etc/fwctl";
/** Where units go that an administrator puts there; those of packages are below /usr. */
export const UNITS = "/etc/systemd/system";
/** One line for each recipe and run, kept whatever happens to the journal. */
export const LOG_FILE = "/var/log/fwctl/fwctl.log";

/** How a host is set up. */
export interface HostWish {
  /** The command, by its absolute path. */
  readonly program: string;
  /** Seconds in which devices may come at boot. */
  readonly wait: number;
  /** Devices that must be there, by any of their names. */
  readonly waitFor: readonly string[];
  /** Whether all devices are closed to writes once the recipes are applied. */
  readonly seal: boolean;
  /** When drift is looked for: OnCalendar= of systemd. */
  readonly drift: string;
  /** The folder of a textfile collector. */
  readonly prometheus?: string | undefined;
  /** For how many days the journals of runs that ended are kept. */
  readonly keepDays: number;
  /** A group that may open the devices. */
  readonly group?: string | undefined;
  /** Whether the services may send requests of scope debug-write-full. */
  readonly rawio: boolean;
  /** Whose signatures recipes need: a file or a folder. */
  readonly trust?: string | undefined;
  /** Kernel modules to load at boot. */
  readonly modules: readonly string[];
  /** The command line that asked for all this. */
  readonly command: string;
}

/** A file of a host. */
export interface HostFile {
  /** Its absolute path. */
  readonly path: string;
  /** Its permission bits. */
  readonly mode: number;
  /** What is in it, its mark included. */
  readonly text: string;
  /** What it is for: a clause that begins with a verb. */
  readonly why: string;
}

/** A link that enables a unit, as systemctl makes it. */
export interface HostLink {
  /** Where it is. */
  readonly path: string;
  /** The unit. */
  readonly target: string;
}
