/**
 * The state directory of a machine.
 *
 * @module
 */

/** Where what must outlive a program is kept, unless told otherwise. */
export const STATE_DIR = "/var/lib/fwctl";
