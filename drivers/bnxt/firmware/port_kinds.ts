/**
 * What a scenario says of the port.
 *
 * @module
 */

/** States of the link: `down` has a cable and no partner. */
export const LINKS = ["up", "down", "no-cable"] as const;
/** Media, in the order of hsi.h's numbers from 1 on. */
export const MEDIA = ["tp", "dac", "fibre", "backplane"] as const;

/** The port of a scenario. */
export interface PortOptions {
  /** State of the link. */
  readonly link: typeof LINKS[number];
  /** Gb/s. */
  readonly speed: number;
  /** Kind of cable. */
  readonly media: typeof MEDIA[number];
  /** Who made the module or cable, at most 16 characters. */
  readonly vendor: string;
  /** Its part number, at most 16 characters. */
  readonly partNumber: string;
}
