/**
 * A recipe that declares what it is told, so that a test needs no recipe for
 * every mix: `what` is a JSON list of `{ kind, body, action? }`.
 *
 * @module
 */
import type { Declaration, PlainObject, Recipe } from "../../mod.ts";

interface Wanted {
  readonly kind: string;
  readonly body: PlainObject;
  readonly action?: true;
}

export default {
  name: "declare",
  description: "Declares what it is told",
  params: {
    what: { type: "string", required: true, help: "A JSON list" },
  },
  desired({ params, resource, action }): Declaration[] {
    const wanted = JSON.parse(String(params.what)) as Wanted[];
    return wanted.map(({ kind, body, action: once }) =>
      once ? action(kind, body) : resource(kind, body)
    );
  },
} satisfies Recipe;
