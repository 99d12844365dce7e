/**
 * From a machine to a bundle: collect, redact, pack.
 *
 * @module
 */
import { packBundle, type PackedBundle } from "./archive.ts";
import {
  collect,
  type Collected,
  type CollectInput,
  LOG_PATH,
} from "./collect.ts";
import { machineNames } from "./machine.ts";
import type { BundledDevice, Manifest } from "./manifest.ts";
import { Redactor } from "./redact.ts";

/** What is to be hidden. */
export interface Redaction {
  /** PCI addresses, too. */
  readonly pci: boolean;
}

/** What making a bundle needs. */
export interface BundleInput extends CollectInput {
  /** Versions for the manifest. */
  readonly tool: Manifest["tool"];
  /** When, to be in it. */
  readonly created?: Date | undefined;
  /** Absent: nothing is replaced. */
  readonly redaction?: Redaction | undefined;
}

/** Makes one. Sends reads only. */
export async function makeBundle(input: BundleInput): Promise<PackedBundle> {
  const { contents, missing, skipped } = collect(input);
  const { sessions, host, tool, created, redaction } = input;
  const { scope, effect, taint } = sessions.policy;
  const devices = input.devices.map((device): BundledDevice => ({
    name: device.name,
    driver: device.driver,
    address: device.pci ?? device.parent,
  }));
  const about = {
    tool,
    created: created ? created.toISOString() : null,
    host: host.kind,
    policy: { scope, effect, taint },
  };
  const seconds = created ? Math.floor(created.getTime() / 1000) : 0;
  if (!redaction) {
    return await packBundle(
      contents,
      { ...about, redaction: null, devices, missing, skipped },
      seconds,
    );
  }
  const hidden = redacted(
    { contents, missing, skipped },
    devices,
    redaction,
    input,
  );
  return await packBundle(
    hidden.contents,
    {
      ...about,
      devices: hidden.devices,
      missing: hidden.missing,
      skipped: hidden.skipped,
      redaction: hidden.table,
    },
    seconds,
  );
}

function redacted(
  { contents, missing, skipped }: Collected,
  devices: readonly BundledDevice[],
  { pci }: Redaction,
  { host }: CollectInput,
) {
  const redactor = new Redactor({ pci, hosts: machineNames(host) });
  for (const { path, data } of contents) redactor.find(data, path === LOG_PATH);
  for (const { message, hint } of missing) redactor.find([message, hint], true);
  for (const { address } of devices) redactor.find(address);
  for (const { reason } of skipped) redactor.find(reason);
  return {
    contents: contents.map((each) => ({
      ...each,
      title: redactor.text(each.title),
      data: redactor.replace(each.data),
    })),
    missing: missing.map((each) => ({
      ...each,
      message: redactor.text(each.message),
      hint: redactor.text(each.hint),
    })),
    skipped: skipped.map((each) => ({
      ...each,
      reason: redactor.text(each.reason),
    })),
    devices: devices.map((each) => ({
      ...each,
      address: redactor.text(each.address),
    })),
    table: redactor.table(),
  };
}
