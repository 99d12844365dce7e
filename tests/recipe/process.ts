/** Runs a program of a few lines in a Deno of its own. */
import { ROOT } from "../paths.ts";

/** How it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `code` as a module beside the library; `LIB` in it is lib/recipe/. */
export async function program(
  code: string,
  flags: readonly string[],
  base = `file://${ROOT}`,
): Promise<Ended> {
  const text = code.replaceAll("LIB", `${base}lib/recipe`);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, text);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--quiet", "--no-lock", ...flags, "main.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Prints what `evaluateRecipe` of a text and `desired` give, or the error. */
export function evaluating(text: string): string {
  return `
import { evaluateRecipe } from "LIB/evaluate.ts";
import { recipeFromText } from "LIB/load.ts";
const inventory = { bootId: "", kernel: "", lockdown: "none", tainted: false, rawio: false, devices: [] };
try {
  using session = await evaluateRecipe(await recipeFromText(${
    JSON.stringify(text)
  }, "file:///r/recipe.ts"));
  console.log(JSON.stringify(await session.desired({ params: {}, inventory })));
} catch (error) {
  console.log(error.code, error.message, "|", error.hint);
}
console.log("alive");
`;
}
