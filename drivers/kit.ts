/**
 * What a driver is written with: the interface, codecs, errors, and the model's
 * side. `mod.ts` is for programs that use drivers, this is for those that are
 * one, in this project or outside of it.
 *
 * A driver is an object of type {@linkcode Driver}; `docs/examples/own_driver`
 * is a whole one. There is nothing to register: a program gives it to
 * `openMachine({ drivers: [driver] })`, the command loads its module with
 * `--driver-module FILE`. It has all rights of the program it runs in, and what
 * its `classify` says of a request is what policies go by.
 *
 * @module
 */
export * from "./driver.ts";
export * from "../lib/bits/mod.ts";
export * from "../lib/bytes.ts";
export * from "../lib/errors.ts";
export * from "../lib/plain.ts";
export { didYouMean } from "../lib/suggest.ts";

export * from "../lib/uapi/fwctl.ts";
export { ERRNO, type ErrnoName, errnoName } from "../lib/uapi/errno.ts";

export { findDevice } from "../lib/device/find.ts";
export type * from "../lib/device/inventory.ts";
export type { Reference } from "../lib/device/device.ts";

export type * from "../lib/model/types.ts";
export {
  asInteger,
  type IntegerLimits,
  ObjectReader,
  refuse,
} from "../lib/model/reader.ts";
export {
  type Fault,
  FaultList,
  Faults,
  readFaults,
  type RequestNumber,
  spoil,
} from "../lib/model/faults.ts";
