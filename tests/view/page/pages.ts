/**
 * Plan and report pages made by hand, and what tests look for in a page.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { PlanPage } from "../../../lib/view/page/plan_page.ts";
import type { ShownRun } from "../../../lib/view/page/runs.ts";
import type { ReportPage } from "../../../lib/view/page/report_page.ts";
import type { Plan } from "../../../lib/plan/types.ts";
import { changed, inventory, plan, step, unchanged } from "../make.ts";

/** What a page says of a machine. */
export const MACHINE = {
  what: "Linux host",
  host: "hv17",
  kernel: "7.2.13",
  lockdown: "integrity",
  tainted: false,
  rawio: true,
  bootId: "b",
};

/** When and by what. */
export const ORIGIN = { created: "2026-11-29T12:00:00.000Z", version: "0.1.0" };

/** Two functions to change and one as declared. */
export function smallPlan(): Plan {
  return plan([changed(0), changed(1), unchanged(2)], [step(0), step(1)]);
}

/** The page of a plan. */
export function pageOf(
  shown: Partial<PlanPage["shown"]> & { readonly plan: Plan },
  vfs = 4,
): PlanPage {
  return {
    shown: { refusals: [], stale: [], fields: () => [], ...shown },
    machine: MACHINE,
    inventory: inventory(vfs),
    origin: ORIGIN,
  };
}

/** A run on record. */
export function run(name: string, more: Partial<ShownRun> = {}): ShownRun {
  return {
    run: name,
    time: "2026-11-28T10:00:00.000Z",
    kind: "apply",
    of: null,
    recipe: "vf-caps",
    outcome: "applied",
    open: false,
    later: [],
    devices: ["fwctl0 0000:3b:00.0"],
    drivers: ["mlx5"],
    scopes: ["configuration"],
    effects: ["runtime"],
    requests: 2,
    owner: "process 1",
    trouble: "",
    records: [],
    ...more,
  };
}

/** A report on one plan. */
export function reportOf(more: Partial<ReportPage> = {}): ReportPage {
  return {
    machine: MACHINE,
    inventory: inventory(4),
    words: new Map(),
    holders: new Map(),
    plans: [{
      source: "r.ts",
      error: "",
      shown: pageOf({ plan: smallPlan() }).shown,
    }],
    runs: [],
    earlier: 0,
    origin: ORIGIN,
    ...more,
  };
}

/** Every tag of a page without its values: what texts must not change. */
export function skeleton(page: string): string[] {
  const body = page.replace(
    /<style>[^]*?<\/style>|<script>[^]*?<\/script>/g,
    "",
  );
  return [...body.matchAll(/<[^>]*>/g)].map(([tag]) =>
    tag.replace(/="[^"]*"/g, "=")
  );
}

/** Fails unless a page asks nobody for anything and runs its own script alone. */
export async function standsAlone(page: string): Promise<void> {
  const policy =
    /http-equiv="Content-Security-Policy" content="(default-src 'none';[^"]*)"/
      .exec(page)?.[1] ?? "";
  for (
    const [tag, name] of [["script", "script-src"], ["style", "style-src"]]
  ) {
    const found = [
      ...page.matchAll(new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`, "g")),
    ];
    const text = found[0]?.[1] ?? "";
    assert(found.length === 1 && text.length > 500, `${tag}: ${found.length}`);
    const digest = new Uint8Array(
      await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
    );
    assert(policy.includes(`${name} 'sha256-${digest.toBase64()}'`), tag);
    assert(!/url\(|@import|https?:|fetch\(|XMLHttp|import\(/.test(text), tag);
  }
  const tags = skeleton(page).join("");
  assert(!/ (src|srcset|action|style|on\w+)=/.test(tags), tags);
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  const there = new Set(ids);
  assert(there.size === ids.length, "an id is there twice");
  for (const [, to = ""] of page.matchAll(/ href="([^"]*)"/g)) {
    assert(to.startsWith("#") && there.has(to.slice(1)), `${to} leads nowhere`);
  }
}

/** The page without markup, as somebody reads it where no script runs. */
export function readable(page: string): string {
  return page.replace(/<(style|script)[^>]*>[^]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ").replace(
      /&#(\d+);/g,
      (_, code) => String.fromCodePoint(Number(code)),
    )
    .replace(/\s+/g, " ");
}
