/**
 * The endpoint map of the modelled card, as a definition file holds it.
 *
 * Assumption: all of it. No firmware's operations are public; these are of the
 * kinds a DSC card must have, with every attribute and two versions of one
 * command. The firmware is built from this map, so that the two cannot drift
 * apart.
 *
 * @module
 */
import type { PlainObject } from "../../../lib/plain.ts";
import type { Group } from "../../driver.ts";

const PORT = { name: "port", offset: 0, size: 1, max: 7 };
/** A write answers with its retval alone. */
const NO_ANSWER = { size: 0 };
const SLOTS = { A: 1, B: 2, GOLD: 3 };
const LEVELS = { error: 0, warning: 1, info: 2, debug: 3 };
const LEVEL_V0 = {
  size: 1,
  fields: [{ name: "level", offset: 0, size: 1, enum: LEVELS }],
};
const MODULE = {
  name: "module",
  offset: 0,
  size: 1,
  enum: { all: 0, port: 1, flow: 2, crypto: 3 },
};
const LEVEL_V1 = {
  size: 2,
  fields: [MODULE, { name: "level", offset: 1, size: 1, enum: LEVELS }],
};
const REGISTER = { name: "address", offset: 0, size: 4, max: 0xfffc };
const VALUE = { name: "value", offset: 4, size: 4 };

/** Names of the catalogue, held to it when this is compiled. */
function groups(...names: Group[]): Group[] {
  return names;
}

/** The endpoint map of the modelled card, as a definition file holds it. */
export function sampleMap(): PlainObject {
  return {
    format: "fwctl-definition/1",
    driver: "pds",
    endpoints: [system(), log(), port(), debug()],
  };
}

function system(): PlainObject {
  return {
    id: "0x1",
    name: "system",
    operations: [
      {
        command: 1,
        name: "get_info",
        scope: "configuration",
        effect: "read",
        help: "Serial number, firmware version and uptime",
        response: {
          size: 64,
          fields: [
            { name: "serial", offset: 0, size: 16, type: "text" },
            { name: "version", offset: 16, size: 32, type: "text" },
            { name: "ports", offset: 48, size: 1 },
            {
              name: "temperature",
              offset: 50,
              size: 2,
              type: "int",
              unit: "C",
            },
            { name: "requests", offset: 56, size: 8 },
          ],
        },
      },
      {
        command: 2,
        name: "get_slots",
        scope: "debug-read-only",
        effect: "read",
        help: "Firmware slots: which runs, which boots next, what is in them",
        response: {
          size: 68,
          fields: [
            { name: "running", offset: 0, size: 1, enum: SLOTS },
            { name: "boot", offset: 1, size: 1, enum: SLOTS },
            { name: "version_a", offset: 4, size: 32, type: "text" },
            { name: "version_b", offset: 36, size: 32, type: "text" },
          ],
        },
      },
      {
        command: 3,
        name: "set_boot_slot",
        scope: "debug-write",
        effect: "next-reset",
        help: "Firmware slot to boot next time",
        groups: groups("firmware-update"),
        response: NO_ANSWER,
        request: {
          size: 1,
          fields: [{ name: "slot", offset: 0, size: 1, enum: SLOTS }],
        },
      },
      {
        command: 4,
        name: "sync",
        scope: "configuration",
        effect: "runtime",
        help: "Writes the settings to flash",
        groups: groups("stored-configuration"),
        response: NO_ANSWER,
      },
      {
        command: 5,
        name: "factory_reset",
        scope: "debug-write-full",
        effect: "destructive",
        help: "Forgets every setting",
        groups: groups("stored-configuration", "destructive"),
        response: NO_ANSWER,
      },
    ],
  };
}

function log(): PlainObject {
  return {
    id: "0x2",
    name: "log",
    settings: [{ name: "level", get: "get_level", set: "set_level" }],
    operations: [
      {
        command: 1,
        name: "get_level",
        scope: "configuration",
        effect: "read",
        help: "Log level of a module",
        request: { size: 1, fields: [{ ...MODULE, default: "all" }] },
        response: LEVEL_V1,
      },
      {
        command: 2,
        version: 1,
        name: "set_level",
        scope: "configuration",
        effect: "runtime",
        help: "Log level of a module",
        response: NO_ANSWER,
        request: LEVEL_V1,
      },
      {
        command: 2,
        version: 0,
        name: "set_level",
        scope: "configuration",
        effect: "runtime",
        help: "Log level of all modules",
        response: NO_ANSWER,
        request: LEVEL_V0,
      },
    ],
  };
}

function port(): PlainObject {
  const counters = ["rx_frames", "rx_bytes", "tx_frames", "tx_bytes", "drops"];
  return {
    id: "0x20",
    name: "port",
    operations: [
      {
        command: 1,
        name: "get_status",
        scope: "configuration",
        effect: "read",
        help: "Link state of a port",
        request: { size: 1, fields: [PORT] },
        response: {
          size: 12,
          fields: [
            { name: "up", offset: 0, bits: 1 },
            { name: "autoneg", offset: 0, bit: 1, bits: 1 },
            {
              name: "fec",
              offset: 0,
              bit: 4,
              bits: 2,
              enum: { none: 0, fc: 1, rs: 2 },
            },
            { name: "speed", offset: 4, size: 4, unit: "Mb/s" },
            { name: "flaps", offset: 8, size: 4 },
          ],
        },
      },
      {
        command: 2,
        name: "get_counters",
        scope: "debug-read-only",
        effect: "read",
        help: "Traffic counters of a port",
        request: { size: 1, fields: [PORT] },
        response: {
          size: 40,
          fields: counters.map((name, index) => ({
            name,
            offset: index * 8,
            size: 8,
          })),
        },
      },
      {
        command: 3,
        name: "clear_counters",
        scope: "configuration",
        effect: "runtime",
        help: "Traffic counters of a port start again at 0",
        groups: groups("counters"),
        response: NO_ANSWER,
        request: { size: 1, fields: [PORT] },
      },
      {
        command: 4,
        name: "flap",
        scope: "debug-write",
        effect: "disruptive",
        help: "Takes the link down and up again",
        groups: groups("link"),
        request: {
          size: 4,
          fields: [PORT, {
            name: "down",
            offset: 2,
            size: 2,
            min: 1,
            max: 10000,
            unit: "ms",
            default: 100,
          }],
        },
        response: {
          size: 4,
          fields: [{ name: "flaps", offset: 0, size: 4 }],
        },
      },
    ],
  };
}

function debug(): PlainObject {
  return {
    id: "0x40",
    name: "debug",
    operations: [
      {
        command: 1,
        name: "read_register",
        scope: "debug-read-only",
        effect: "read",
        help: "A 32-bit register of the debug window",
        groups: groups("memory-access"),
        request: { size: 4, fields: [REGISTER] },
        response: { size: 4, fields: [{ ...VALUE, offset: 0 }] },
      },
      {
        command: 2,
        name: "write_register",
        scope: "debug-write-full",
        effect: "destructive",
        help: "Writes a 32-bit register of the debug window",
        groups: groups("memory-access"),
        response: NO_ANSWER,
        request: { size: 8, fields: [REGISTER, VALUE] },
      },
    ],
  };
}
