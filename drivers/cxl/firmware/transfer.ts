/**
 * Set Feature in parts: initiate, continue, finish, abort.
 *
 * Source: CXL 3.2 section 8.2.10.6.3. Assumption: as QEMU's device does, a
 * broken-off transfer stays until it is finished, aborted, begun anew for the
 * same feature, or the device is reset; every other feature is refused
 * meanwhile.
 *
 * @module
 */
import { type Bytes, concatBytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { CXL_MBOX_CMD_RC, CXL_SET_FEAT_FLAG } from "../tables/features.ts";
import { asUuid } from "../tables/uuid.ts";

/** Return codes of transfers and values, as enum of the specification. */
export const RC = {
  ...CXL_MBOX_CMD_RC,
  PAYLOADLEN: 22,
  FEATUREVERSION: 25,
  FEATURESELVALUE: 26,
  FEATURETRANSFERIP: 27,
  FEATURETRANSFEROOO: 28,
} as const;

/** One Set Feature command. */
export interface SetPart {
  /** Lower case with dashes. */
  readonly uuid: string;
  /** Flags of the command. */
  readonly flags: number;
  /** Where its data goes. */
  readonly offset: number;
  /** Its data. */
  readonly data: Bytes;
}

/** What a part comes to: a return code, or the whole data now that it is there. */
export type Progress =
  | { readonly code: number }
  | { readonly data: Bytes; readonly offset: number; readonly saved: boolean };

interface Running {
  readonly uuid: string;
  readonly offset: number;
  readonly saved: boolean;
  readonly data: Bytes;
}

/** Longest data: the sizes of a feature have 16 bits. */
const MAX_DATA = 0xffff;

/** The one transfer a device can have. */
export class Transfer {
  #running: Running | undefined;

  /** Whether this feature's data is half written. */
  of(uuid: string): boolean {
    return this.#running?.uuid === uuid;
  }

  /** Takes the next part. */
  take({ uuid, flags, offset, data }: SetPart): Progress {
    const running = this.#running;
    if (running && running.uuid !== uuid) {
      return { code: RC.FEATURETRANSFERIP };
    }
    const action = flags & CXL_SET_FEAT_FLAG.DATA_TRANSFER_MASK;
    const saved = (flags & CXL_SET_FEAT_FLAG.DATA_SAVED_ACROSS_RESET) !== 0;
    switch (action) {
      case CXL_SET_FEAT_FLAG.FULL_DATA_TRANSFER:
        this.#running = undefined;
        return { data, offset, saved };
      case CXL_SET_FEAT_FLAG.INITIATE_DATA_TRANSFER:
        this.#running = { uuid, offset, saved, data };
        return { code: RC.SUCCESS };
      case CXL_SET_FEAT_FLAG.ABORT_DATA_TRANSFER:
        this.#running = undefined;
        return { code: running ? RC.SUCCESS : RC.FEATURETRANSFEROOO };
      case CXL_SET_FEAT_FLAG.CONTINUE_DATA_TRANSFER:
      case CXL_SET_FEAT_FLAG.FINISH_DATA_TRANSFER:
        break;
      default:
        return { code: RC.INPUT };
    }
    if (!running || offset !== running.offset + running.data.length) {
      return { code: RC.FEATURETRANSFEROOO };
    }
    const whole = concatBytes(running.data, data);
    if (whole.length > MAX_DATA) return { code: RC.INPUT };
    if (action === CXL_SET_FEAT_FLAG.CONTINUE_DATA_TRANSFER) {
      this.#running = { ...running, data: whole };
      return { code: RC.SUCCESS };
    }
    this.#running = undefined;
    return { data: whole, offset: running.offset, saved: running.saved };
  }

  /** A reset ends it. */
  reset(): void {
    this.#running = undefined;
  }

  /** The half that is there; undefined when there is none. */
  save(): PlainData | undefined {
    const running = this.#running;
    return running && { ...running, data: toHex(running.data) };
  }

  /** A checked state; `apply` takes it over. @throws `ModelError` */
  prepare(state: PlainData | undefined, at: string): () => void {
    const running = state === undefined ? undefined : readRunning(state, at);
    return () => {
      this.#running = running;
    };
  }
}

function readRunning(state: PlainData, at: string): Running {
  const reader = new ObjectReader(state, at);
  const uuid = asUuid(reader.text("uuid") ?? "") ??
    refuse(reader.path("uuid"), "must be a UUID");
  const offset = reader.integer("offset", { max: MAX_DATA }) ??
    refuse(reader.path("offset"), "is missing");
  const saved = reader.flag("saved") ?? false;
  const raw = reader.raw("data");
  const data = typeof raw === "string" && raw.length <= 2 * MAX_DATA &&
      /^([0-9a-f]{2})*$/i.test(raw)
    ? fromHex(raw)
    : refuse(reader.path("data"), "must be hex digits");
  reader.end();
  return { uuid, offset, saved, data };
}
