/**
 * Return codes of CXL mailbox commands, by name and with what to do.
 *
 * Numbers and names: CXL 3.2 table of command return codes, as in enum
 * cxl_mbox return codes of the kernel (drivers/cxl/cxlmem.h).
 *
 * @module
 */
import { DeviceError } from "../../lib/errors.ts";

/** A return code for people. */
export interface Status {
  /** The kernel's name without prefix, such as `FEATUREVERSION`. */
  readonly name: string;
  /** What it says. */
  readonly meaning: string;
  /** What to do next. */
  readonly hint: string;
}

const LATER = "Try again later; nothing was repeated for you";
const LOG = "Look at the kernel log and at the device's event records";
const ELSEWHERE =
  "The feature commands do not give this; look at the kernel log";

const STATUS: readonly (readonly [string, string, string])[] = [
  ["SUCCESS", "done", ""],
  [
    "BACKGROUND",
    "it runs on in the background",
    "Read the feature again in a while",
  ],
  [
    "INPUT",
    "an input is not valid",
    "Compare offset, length and every value with what the vendor allows",
  ],
  [
    "UNSUPPORTED",
    "the device does not support it",
    "Look at the feature's entry (query features): it may not be there or not be changeable",
  ],
  ["INTERNAL", "internal error of the device", LOG],
  ["RETRY", "a temporary error", LATER],
  ["BUSY", "the device is busy with another operation", LATER],
  ["MEDIADISABLED", "the memory is disabled", LOG],
  ["FWINPROGRESS", "a firmware transfer is in progress", ELSEWHERE],
  ["FWOOO", "a firmware transfer is out of order", ELSEWHERE],
  ["FWAUTH", "the firmware is not authentic", ELSEWHERE],
  ["FWSLOT", "the firmware slot is not valid", ELSEWHERE],
  ["FWROLLBACK", "the firmware failed and the old one was restored", ELSEWHERE],
  [
    "FWRESET",
    "a cold reset is needed first",
    "Do a cold reset of the machine, then try again",
  ],
  ["HANDLE", "an event record handle is not valid", ELSEWHERE],
  ["PADDR", "a physical address is not valid", ELSEWHERE],
  ["POISONLMT", "no more poison can be injected", ELSEWHERE],
  ["MEDIAFAILURE", "the memory failed", LOG],
  ["ABORT", "the operation was aborted", LATER],
  [
    "SECURITY",
    "the security state forbids it",
    "Unlock or unfreeze the device first; the kernel has files for that under the memory device's security folder",
  ],
  ["PASSPHRASE", "the passphrase is wrong", ELSEWHERE],
  [
    "MBUNSUPPORTED",
    "this mailbox does not have the command",
    "The device gives features to another mailbox only; look at its documentation",
  ],
  [
    "PAYLOADLEN",
    "the payload has the wrong length",
    "Compare the length with the feature's sizes (query features)",
  ],
  ["LOG", "the log is not valid or not supported", ELSEWHERE],
  ["INTERRUPTED", "the operation was interrupted", LATER],
  [
    "FEATUREVERSION",
    "the version of the feature's data is not supported",
    "Take the Set Feature version of the feature's entry (query features)",
  ],
  [
    "FEATURESELVALUE",
    "this selection of the feature's value is not supported",
    "Read the current value; the entry's flags say whether there is a default or a saved one",
  ],
  [
    "FEATURETRANSFERIP",
    "a transfer of a feature's data is in progress",
    "A transfer that broke off may hold it: write that feature again in full, or reset the device",
  ],
  [
    "FEATURETRANSFEROOO",
    "a part of a feature's data is out of order",
    "Another program may have written at the same time: read the feature, then write it again",
  ],
  ["RESOURCEEXHAUSTED", "the device has no resources left", LATER],
  ["EXTLIST", "the extent list is not valid", ELSEWHERE],
];

/** A return code by number. */
export function statusOf(status: number): Status {
  const [name, meaning, hint] = STATUS[status] ?? [
    `return code 0x${status.toString(16)}`,
    status >= 0x8000 && status <= 0xffff
      ? "not a code of the specification"
      : "not a code with a public name",
    "Look at the kernel log and the device's documentation",
  ];
  return { name, meaning, hint };
}

/** retval of an answer; 0 when it is too short to have one. */
export function retvalOf(response: Uint8Array): number {
  if (response.length < 8) return 0;
  return new DataView(response.buffer, response.byteOffset).getUint32(4, true);
}

/**
 * The device's refusal in an answer; undefined when it said yes.
 *
 * The kernel gives 0 as well when a Set Feature failed on its way to the
 * device: only reading back tells.
 */
export function refusalOf(
  response: Uint8Array,
  request: string,
  device: string,
): DeviceError | undefined {
  const status = retvalOf(response);
  if (status === 0) return undefined;
  const { name, meaning, hint } = statusOf(status);
  return new DeviceError(
    `The device refused ${request}: ${name} (${meaning})`,
    { status, statusName: name },
    { device, request, hint },
  );
}
