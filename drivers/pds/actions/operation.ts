/**
 * Action `pds.operation`: one operation of a card, sent once.
 *
 * An endpoint map must name the operation: scope and effect are nowhere else,
 * and a plan that guessed them would be none.
 *
 * @module
 */
import { type Bytes, toHex } from "../../../lib/bytes.ts";
import { PlanError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type {
  ActionArgument,
  ActionType,
  Know,
  Located,
  ObserveContext,
  PreparedAction,
} from "../../driver.ts";
import { hex } from "../definition.ts";
import { type Found, mapOf, opcodeOf } from "../knowledge.ts";
import { decodePayload, encodePayload } from "../payload.ts";
import {
  endpointOf,
  HEADER_BYTES,
  operationOf,
  retvalOf,
  rpcMessage,
} from "../protocol.ts";
import { findCard, planning } from "../planning.ts";
import { type OperationBody, parseOperation } from "./operation_body.ts";

/** The action. */
export const operationAction: ActionType<OperationBody> = {
  kind: "pds.operation",
  summary: "An operation of a Pensando card that an endpoint map names",
  scope: null,
  effect: null,
  parse: parseOperation,

  locate(body, inventory): Located {
    const entry = findCard(inventory, body.device);
    return {
      device: entry.name,
      unit: `endpoint ${body.endpoint} operation ${body.operation}`,
      title: `${body.endpoint}.${body.operation}`,
      address: entry.pci ?? "",
      vf: null,
      context: undefined,
    };
  },

  prepare(body, _located, { know, entry }: ObserveContext): PreparedAction {
    const found = look(body, know, entry.name);
    const { endpoint, operation } = found;
    const { bytes, values } = payloadOf(body, found);
    const room = body.responseBytes ?? operation.response?.size ?? 0;
    return {
      request: rpcMessage(endpoint.id, opcodeOf(operation), bytes),
      capacity: HEADER_BYTES + room,
      identity: {
        endpoint: `${endpoint.name} (${hex(endpoint.id)})`,
        operation: `${operation.name} (${hex(operation.command)})`,
        version: String(operation.version),
      },
      arguments: values,
      notes: notes(found, room),
      refused: [],
    };
  },

  answer,
};

function look(body: OperationBody, know: Know, device: string): Found {
  const map = mapOf(know);
  if (map.endpoints.length === 0) {
    throw new PlanError(
      `Scope and effect of operation ${body.operation} of endpoint ${body.endpoint} are not known: no endpoint map was given`,
      "unsupported",
      [],
      {
        device,
        hint:
          `Name it in a file and give that with --definitions: { "format": "fwctl-definition/1", "driver": "pds", "endpoints": [ { "id": ID, "name": "NAME", "operations": [ { "command": NUMBER, "name": "NAME", "scope": SCOPE, "effect": EFFECT } ] } ] }`,
      },
    );
  }
  return planning(() => {
    const endpoint = map.findEndpoint(body.endpoint);
    const operation = map.findOperation(
      endpoint,
      body.operation,
      body.version,
    );
    return { endpoint, operation };
  }, `${device}: `);
}

function payloadOf(
  { fields, data }: OperationBody,
  { endpoint, operation }: Found,
): { bytes: Bytes; values: readonly ActionArgument[] } {
  const name = `${endpoint.name}.${operation.name}`;
  const layout = operation.request ?? { size: 0, fields: [] };
  if (data === undefined) {
    return planning(() => encodePayload(layout, fields), `${name}: `);
  }
  if (data.length !== layout.size) {
    throw new PlanError(
      `${name} takes ${layout.size} bytes, and data has ${data.length}`,
      "refused-value",
      [],
      { hint: "Mend data, or the size of its request in the endpoint map" },
    );
  }
  return { bytes: data, values: [{ name: "data", value: toHex(data) }] };
}

function notes({ operation }: Found, room: number): string[] {
  const { response, effectGiven, effect, scope } = operation;
  const list: string[] = [];
  if (!effectGiven) {
    list.push(
      `The endpoint map does not say what it does; effect ${effect} is taken from its scope, ${scope}`,
    );
  }
  if (!response && room === 0) {
    list.push(
      "The endpoint map names no response: only the firmware's retval is read",
    );
  } else if (response && room < response.size) {
    list.push(
      `There is room for ${room} of the ${response.size} bytes the endpoint map says it answers`,
    );
  }
  return list;
}

/** Retval and fields as far as the map names them, and the bytes where it does not. */
function answer(request: Bytes, response: Bytes, know: Know): PlainObject {
  if (response.length < HEADER_BYTES) {
    return {
      error: `the answer has ${response.length} bytes, less than its header`,
      data: toHex(response),
    };
  }
  const payload = response.subarray(HEADER_BYTES);
  const found = mapOf(know).operation(
    endpointOf(request),
    operationOf(request),
  );
  const layout = found?.operation.response;
  const retval = hex(retvalOf(response));
  if (!layout || layout.fields.length === 0) {
    return {
      retval,
      ...(payload.length > 0 ? { data: toHex(payload) } : {}),
    };
  }
  const { fields, missing } = decodePayload(layout, payload);
  const list: PlainData = missing;
  return {
    retval,
    fields,
    ...(missing.length > 0 ? { missing: list } : {}),
  };
}
