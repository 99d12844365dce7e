/**
 * What comes out of the sandbox, read: every answer is taken for hostile.
 *
 * @module
 */
import { RecipeError } from "../errors.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { checkPlain, clean, PLAIN_LIMITS } from "./plain_check.ts";
import type { Phase } from "./sandbox_context.ts";
import type { WorkerAnswer } from "./sandbox_worker.ts";
import { objectWith, textOf } from "./shapes.ts";
import { checkSpecs } from "./spec_check.ts";
import type { ParamSpecs } from "./types.ts";

const NO_ACCESS =
  "A recipe has no access to the machine, to other modules or to timers; it reads through observe().";

/**
 * The data of an answer.
 *
 * @throws {RecipeError} with the recipe's own error, or what is wrong with the data
 */
export function readAnswer(
  answer: WorkerAnswer,
  file: string,
  what: string,
): PlainData {
  if ("imports" in answer) {
    throw new RecipeError(
      `${file}: imports ${clean(answer.imports)}, but a recipe is one module`,
      { hint: 'Import types only: import type { Recipe } from "…".' },
    );
  }
  if ("syntax" in answer) {
    throw new RecipeError(`${file}: ${syntax(answer.syntax)}`, {
      hint:
        "deno check shows where. A recipe is TypeScript whose types can be taken out: no enum, no namespace, no parameter properties.",
    });
  }
  if ("waits" in answer) {
    throw new RecipeError(`${file}: its top level never comes to its end`, {
      hint: "A recipe cannot await anything.",
    });
  }
  if ("late" in answer || "deep" in answer) {
    throw new RecipeError(`${file}: ${what} ran out of stack or memory`, {
      hint: "Look for a recursion without end.",
    });
  }
  if (answer.json.length > PLAIN_LIMITS.text) {
    throw new RecipeError(
      `${file}: ${what} answers with ${answer.json.length} characters`,
      { hint: `At most ${PLAIN_LIMITS.text} are possible.` },
    );
  }
  return fromJson(answer.json, file, what);
}

function fromJson(json: string, file: string, what: string): PlainData {
  let read: PlainData;
  try {
    read = JSON.parse(json) as PlainData;
  } catch {
    throw new RecipeError(`${file}: ${what} gives no data`, {
      hint: "The recipe tampers with its sandbox.",
    });
  }
  if (isPlainObject(read)) {
    const { ok, refused, threw } = read;
    if (ok !== undefined) return checkPlain(ok, what);
    if (typeof refused === "string") {
      throw new RecipeError(`${file}: ${clean(refused)}`, {
        hint: hintOf(refused),
      });
    }
    if (isPlainObject(threw)) throw thrown(threw, file, what);
  }
  throw new RecipeError(`${file}: ${what} gives no data`, {
    hint: "The recipe tampers with its sandbox.",
  });
}

function hintOf(refused: string): string {
  if (refused.endsWith("is not a recipe")) {
    return "Write: export default { name, description, desired } satisfies Recipe;";
  }
  return refused.endsWith("is asynchronous")
    ? "A recipe's functions return at once; they cannot await anything."
    : "Only numbers, text, booleans, null, lists and plain objects can be returned.";
}

function thrown(
  threw: { readonly [key: string]: PlainData },
  file: string,
  what: string,
): RecipeError {
  const [name, message, at] = ["name", "message", "at"].map((key) =>
    clean(String(threw[key] ?? ""))
  );
  const said = [name, message].filter((part) => part !== "").join(": ");
  const refused = /is not available to a recipe$/.test(message ?? "");
  return new RecipeError(
    `${place(file, at ?? "")}: ${what} threw ${said}`,
    {
      hint: refused
        ? NO_ACCESS
        : "The recipe refuses these parameters or this machine, or has a mistake.",
    },
  );
}

/** What a recipe says about itself. */
export interface Opened {
  /** Its own name. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Its parameters, checked. */
  readonly params: ParamSpecs;
  /** Which functions it has. */
  readonly has: { readonly [phase in Phase]: boolean };
}

/** Reads the answer to opening. @throws {RecipeError} naming the member that is wrong */
export function readOpened(answer: WorkerAnswer, file: string): Opened {
  const opened = objectWith(
    readAnswer(answer, file, "its top level"),
    "the recipe",
    ["data", "functions"],
  );
  const functions = Array.isArray(opened.functions) ? opened.functions : [];
  const members = [
    "name",
    "description",
    "params",
    "observe",
    "desired",
    "report",
  ];
  const given = isPlainObject(opened.data) ? opened.data : {};
  objectWith(
    Object.fromEntries([
      ...Object.entries(given),
      ...functions.map((name: PlainData) => [String(name), null]),
    ]),
    file,
    members,
  );
  const has = {
    observe: functions.includes("observe"),
    desired: functions.includes("desired"),
    report: functions.includes("report"),
  };
  for (const [phase, there] of Object.entries(has)) {
    if (there || given[phase] === undefined) continue;
    throw new RecipeError(`${file}: ${phase} is not a function`, {
      hint: "The recipe must be corrected.",
    });
  }
  if (!has.desired && !has.report) {
    throw new RecipeError(`${file}: has neither desired() nor report()`, {
      hint: "A recipe wants resources, or reports what it found.",
    });
  }
  return {
    name: textOf(given, "name", "", 100),
    description: textOf(given, "description", ""),
    params: checkSpecs(given.params ?? {}),
    has,
  };
}

function place(file: string, at: string): string {
  return at === "" ? file : `${file}:${at}`;
}

/** V8's and the type stripper's words, without their names for the source. */
function syntax(message: string): string {
  return clean(
    message.replace("[InvalidSyntax] ", "").replace(
      /\s*at file:\/\/\/stripTypeScriptTypes\.ts:(\d+:\d+)/,
      " at $1",
    ),
  );
}
