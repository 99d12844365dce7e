/**
 * A host for tests: a site's folder with recipes, and a model.
 *
 * @module
 */
import { assertMatch } from "@std/assert";
import { ROOT } from "../../paths.ts";
import { Folder } from "../fwctl.ts";
import { fwctlHere } from "../in_process.ts";

/** A virtual function of the model. */
export const VF = "0000:3b:00.2";

/** A host with a site's folder and a model. */
export class Site extends Folder {
  readonly config = `${this.path}/etc`;
  readonly log = `${this.path}/log`;

  constructor() {
    super();
    Deno.mkdirSync(`${this.config}/recipes`, { recursive: true });
  }

  /** A recipe of the checkout under another name, with parameters. */
  recipe(name: string, of: string, params: object): void {
    Deno.copyFileSync(
      `${ROOT}recipes/${of}.ts`,
      `${this.config}/recipes/${name}.ts`,
    );
    this.file(`etc/recipes/${name}.json`, params);
  }

  caps(name: string, set: string, vf = VF): void {
    this.recipe(name, "vf_caps", { vf: [vf], set: fields(set) });
  }

  run(...args: string[]) {
    return fwctlHere([
      ...args,
      ...["--model", "connectx", "--model-state", `${this.path}/model`],
      ...["--state-dir", `${this.path}/state`],
    ]);
  }

  apply(...more: string[]) {
    return this.run(
      ...["host", "apply", "--yes", "--config", this.config],
      ...["--log", this.log, ...more],
    );
  }

  drift(...more: string[]) {
    return this.run("host", "drift", "--config", this.config, ...more);
  }

  /** The lines of the log without their times. */
  logged(): string[] {
    return Deno.readTextFileSync(this.log).trimEnd().split("\n").map((line) => {
      assertMatch(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z /);
      return line.slice(line.indexOf(" ") + 1).replace(/run \S+/, "run R");
    });
  }
}

function fields(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return [name, Number(value)];
    }),
  );
}

/** The one object that a command printed. */
export async function jsonOf(
  ended: Promise<{ code: number; out: string }>,
  // deno-lint-ignore no-explicit-any -- a test looks into any member
): Promise<{ code: number; json: any }> {
  const { code, out } = await ended;
  return { code, json: JSON.parse(out) };
}
