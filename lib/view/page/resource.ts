/**
 * One resource of a plan on a page: its fields before and after, the request
 * with scope, effect and when it is live, the picture of its bits, its bytes.
 *
 * @module
 */
import type { FieldChange, ImageField } from "../../../drivers/driver.ts";
import { functionState } from "../../device/functions.ts";
import { labelName } from "../../plan/policy.ts";
import { isPending, requestOf } from "../../plan/step.ts";
import type { PlannedResource, PlannedStep } from "../../plan/types.ts";
import { scopeTaints } from "../../uapi/fwctl.ts";
import { hexdump } from "../hexdump.ts";
import { html } from "./html.ts";
import { bitsTable } from "./bits.ts";
import { code, effectMark, type FacetList, mark, scopeMark } from "./parts.ts";
import type { Standing } from "./state.ts";
import { count } from "../words.ts";

/** Most characters of a note. */
const NOTE = 1000;
/** Most bytes of a request. */
const MOST_BYTES = 16 << 10;

/** How much of a resource is shown. */
export interface ResourceOptions {
  /** Its place on the page: no two things have one. */
  readonly id: string;
  /** The fields of its image that are known. */
  readonly fields: readonly ImageField[];
  /** Whether the picture is open from the start. */
  readonly open: boolean;
}

/** The whole card. */
export function resourceCard(
  standing: Standing,
  list: FacetList,
  options: ResourceOptions,
): string {
  const { resource, step, state, facets } = standing;
  return `<article class="card" id="${options.id}" ${list.attribute(facets)}>
<h4><span>${html(resource.title)}</span>${
    code(resource.address)
  }<span class="dim">${html(identityText(resource))}</span>${
    stateMark(standing)
  }</h4>
${fieldTable(resource)}
${step ? requestLine(step) : state === "pending" ? pendingLine() : ""}${
    notes(resource)
  }${step ? bits(resource, step, options) + bytes(step) : ""}</article>
`;
}

/** The same in a line of a table, where there is no room for more. */
export function resourceRow(
  { resource, step, state, facets }: Standing,
  list: FacetList,
  id: string,
): string {
  return `<tr id="${id}" ${list.attribute(facets)}><th scope="row">${
    html(resource.title)
  }<td>${html(resource.address)}<td>${mark(state)}<td>${
    html(fieldText({ resource, step }), NOTE)
  }<td>${
    step
      ? html(
        `${labelName(step.label)}; ${step.label.scope}, ${step.label.effect}`,
      )
      : html(identityText(resource))
  }\n`;
}

/** What a resource's fields are, or are to be, in one line. */
export function fieldText(
  { resource, step }: Pick<Standing, "resource" | "step">,
): string {
  const fields = resource.arguments
    ? resource.arguments.map(({ name, value }) => `${name} ${value}`)
    : (step ? resource.changes : resource.same).map((field) =>
      step
        ? `${field.field} ${field.before} → ${field.after}`
        : `${field.field} ${field.after}${
          isPending(field) ? `, in force ${field.inForce}` : ""
        }`
    );
  return fields.join("; ");
}

function identityText({ identity, vf }: PlannedResource): string {
  return [
    ...Object.entries(identity).map(([name, value]) => `${name} ${value}`),
    ...(vf ? [functionState(vf)] : []),
  ].join(", ");
}

function stateMark({ resource, state }: Standing): string {
  const { length } = resource.changes;
  const text = state === "to change" && length > 0
    ? `<span class="m hot"><i aria-hidden="true">~</i>${
      count(length, "field")
    } to change</span>`
    : mark(state, "", state === "as declared" ? "" : "hot");
  return resource.notes.length > 0 ? text + mark("note", "", "firm") : text;
}

function fieldTable(resource: PlannedResource): string {
  const { changes, same, arguments: given, title } = resource;
  const about = html(title);
  if (given) {
    const rows = given.map(({ name, value }) =>
      `<tr><th scope="row">${html(name)}</th><td>${
        html(String(value))
      }</td></tr>`
    );
    return rows.length === 0
      ? ""
      : `<table><caption class="sr">What ${about} is given</caption><thead><tr><th scope="col">argument</th><th scope="col">value</th></tr></thead><tbody>${
        rows.join("")
      }</tbody></table>`;
  }
  const rows = [
    ...changes.map((field) => fieldRow(field, true)),
    ...same.map((field) => fieldRow(field, false)),
  ];
  const heads = ["field", "now", "planned", "beside"];
  return `<table class="fields"><caption class="sr">Fields of ${about}</caption><thead><tr>${
    heads.map((head) => `<th scope="col">${head}</th>`).join("")
  }</tr></thead><tbody>
${rows.join("\n")}
</tbody></table>`;
}

function fieldRow(field: FieldChange, changes: boolean): string {
  const beside = [
    field.limit,
    ...(field.inForce === undefined ? [] : [`in force ${field.inForce}`]),
    ...(field.default === undefined ? [] : [`default ${field.default}`]),
    ...(changes
      ? []
      : [isPending(field) ? "waits for a reset" : "as declared"]),
  ].filter((part) => part !== "").join(", ");
  return `<tr${changes ? ' class="chg"' : ""}><th scope="row">${
    html(field.field)
  }</th><td>${html(String(field.before))}</td><td>${
    changes
      ? `<span aria-hidden="true">→ </span><b>${html(String(field.after))}</b>`
      : "="
  }</td><td class="dim">${html(beside)}</td></tr>`;
}

function requestLine(step: PlannedStep): string {
  const { label } = step;
  const why = [
    label.scopeReason === "" ? "" : `scope: ${label.scopeReason}`,
    label.effectReason === "" ? "" : `effect: ${label.effectReason}`,
  ].filter((part) => part !== "").join("; ");
  return `<p class="req"><code>${html(labelName(label))}</code>${
    scopeMark(label.scope)
  }${effectMark(label.effect)}${
    scopeTaints(label.scope)
      ? `<span class="m stop"><i aria-hidden="true">▲</i>taints the kernel</span>`
      : `<span class="m">no taint</span>`
  }${live(step)}</p>${why === "" ? "" : `<p class="dim why">${html(why)}</p>`}${
    step.type === "write" && step.undo !== undefined
      ? `<p class="dim why">undo: ${html(step.undo)}</p>`
      : ""
  }`;
}

function live(step: PlannedStep): string {
  if (step.type === "action") {
    return step.label.effect === "read"
      ? `<span class="m">sent once</span>`
      : `<span class="m stop"><i aria-hidden="true">!</i>sent once, cannot be undone</span>`;
  }
  if (step.live === "now") return `<span class="m">live at once</span>`;
  return `<span class="m hot"><i aria-hidden="true">↻</i>live after the next ${
    html(step.reset ?? "reset")
  }${step.verifiable ? "" : ", cannot be read back before"}</span>`;
}

function pendingLine(): string {
  return `<p class="req dim">Holds what is declared, which waits for a reset; nothing is sent.</p>`;
}

function notes({ notes: list }: PlannedResource): string {
  return list.map((note) =>
    `<p class="note"><i aria-hidden="true">!</i> ${html(note, NOTE)}</p>`
  ).join("");
}

function bits(
  { changes, title }: PlannedResource,
  step: PlannedStep,
  { fields, open }: ResourceOptions,
): string {
  if (step.type === "action") return "";
  const picture = bitsTable({
    title,
    before: step.before,
    changes,
    fields,
  });
  return picture === ""
    ? ""
    : `<details class="deep"${
      open ? " open" : ""
    }><summary>Bits that change</summary>${picture}</details>`;
}

function bytes(step: PlannedStep): string {
  const request = requestOf(step);
  const dump = hexdump(request.subarray(0, MOST_BYTES)).trimEnd();
  const more = request.length - MOST_BYTES;
  return `<details class="deep"><summary>Request, ${
    count(request.length, "byte")
  }</summary><pre tabindex="0" role="group" aria-label="Bytes of ${
    html(step.label.name)
  }">${dump.split("\n").map((line) => html(line)).join("\n")}</pre>${
    more > 0
      ? `<p class="dim">and ${count(more, "more byte")}: --json has them</p>`
      : ""
  }</details>`;
}
