/**
 * A page in which everything that comes from outside is hostile.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { PlannedResource } from "../../../lib/plan/types.ts";
import type { PlanPage } from "../../../lib/view/page/plan_page.ts";
import { changed, inventory, plan, step } from "../make.ts";
import { MACHINE } from "./pages.ts";

/** Text that would be markup, end a script, or turn the line around. */
export const EVIL =
  '</script><script>alert(1)</script><img src="x" onerror=a>&\u202e';

/** A plan in which everything that comes from outside is `text`. */
export function hostile(text: string): PlanPage {
  const fields = changed(0).changes.map((field) => ({
    ...field,
    field: text,
    before: text,
    after: text,
    inForce: text,
    default: text,
    limit: text,
  }));
  const resource: PlannedResource = {
    ...changed(0),
    title: text,
    address: text,
    unit: text,
    identity: { [text]: text },
    notes: [text],
    changes: fields,
    same: fields,
  };
  const action: PlannedResource = {
    ...resource,
    vf: null,
    changes: [],
    same: [],
    arguments: [{ name: text, value: text }],
  };
  const made = plan([resource, action], [
    {
      ...step(0, {
        name: text,
        detail: text,
        scopeReason: text,
        effectReason: text,
      }),
      undo: text,
      live: "next-reset",
      reset: text,
    },
    {
      type: "action",
      resource: 1,
      device: "fwctl0",
      label: { ...step(0).label, name: text },
      request: new TextEncoder().encode(text),
      capacity: 1,
    },
  ]);
  const [device] = made.devices;
  assert(device);
  const machine = inventory(1);
  const [entry] = machine.devices;
  assert(entry);
  return {
    shown: {
      plan: {
        ...made,
        bootId: text,
        recipe: { name: text, url: text, digest: text, params: { p: text } },
        definitions: [{ driver: text, source: text, data: {} }],
        devices: [{
          ...device,
          driver: text,
          address: text,
          identity: { model: text, firmware: text, facts: {} },
          context: [text],
        }],
      },
      file: { path: text, digest: text },
      refusals: [text],
      stale: [text],
      report: { a: text, rows: [{ b: text }], list: [text, [text]] },
      fields: () => [{ field: text, bit: 8, width: 1 }],
    },
    machine: {
      ...MACHINE,
      host: text,
      what: text,
      kernel: text,
      lockdown: text,
    },
    inventory: {
      ...machine,
      devices: [{
        ...entry,
        name: "fwctl0",
        driver: text,
        kernelDriver: text,
        parent: text,
        pci: text,
        pciId: text,
        net: [text],
        infiniband: [text],
        physfn: text,
        virtfns: [{
          index: 0,
          pci: text,
          kernelDriver: text,
          fwctl: text,
          enabled: null,
        }],
      }],
    },
    origin: { created: text, version: text },
  };
}
