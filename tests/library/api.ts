/**
 * The public API as text: every name that users can import, with its kind and
 * its members, a line each. What changes in it changes for them.
 *
 * @module
 */
import { ROOT } from "../paths.ts";

/** Where the text is kept. */
export const API_FILE = `${ROOT}tests/fixtures/api.txt`;

interface Member {
  readonly name?: string;
  readonly optional?: boolean;
  readonly isStatic?: boolean;
  readonly accessibility?: string;
}

/** A type, as far as it is a choice of words. */
interface Type {
  readonly kind: string;
  readonly repr?: string;
  readonly value?: unknown;
}

interface Definition {
  readonly tsType?: Type;
  readonly members?: readonly Member[];
  readonly properties?: readonly Member[];
  readonly methods?: readonly Member[];
}

interface Declaration {
  readonly kind: string;
  readonly declarationKind?: string;
  readonly def?: Definition;
}

interface Documented {
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly Declaration[];
  }[];
}

/** The modules that `exports` of deno.json names. */
export function modules(): string[] {
  const { exports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  return Object.values<string>(exports);
}

/** The text for the checkout as it is. */
export async function apiText(): Promise<string> {
  const all = await documented(modules());
  // What two modules export is told of one, and the other refers to it.
  const told = new Map(
    all.flatMap((each) => each?.symbols ?? [])
      .filter(({ declarations: [first] }) => first?.kind !== "reference")
      .map(({ name, declarations }) => [name, declarations]),
  );
  const parts = modules().map((module, index) => {
    const { symbols } = all[index] ?? { symbols: [] };
    const lines = symbols.flatMap(({ name, declarations }) =>
      (declarations[0]?.kind === "reference"
        ? told.get(name) ?? declarations
        : declarations).map((each) => line(name, each))
    );
    return `# ${module}\n${lines.sort().join("\n")}\n`;
  });
  return parts.join("\n");
}

/** What `deno doc` says of each, in their order. */
async function documented(
  modules: readonly string[],
): Promise<(Documented | undefined)[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...modules],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, Documented>;
  };
  return modules.map((module) => nodes[new URL(module, `file://${ROOT}`).href]);
}

/** `interface Machine: apply, drivers, host`. */
function line(name: string, { kind, def = {} }: Declaration): string {
  const members = [
    ...(def.members ?? []),
    ...(def.properties ?? []),
    ...(def.methods ?? []),
  ].filter(({ name, accessibility }) =>
    name !== undefined && accessibility !== "private"
  ).map(({ name, optional, isStatic }) =>
    `${isStatic ? "static " : ""}${name}${optional ? "?" : ""}`
  );
  const unique = [...new Set(members)].sort().concat(words(def.tsType));
  return `${WORDS[kind] ?? kind} ${name}${
    unique.length > 0 ? `: ${unique.join(", ")}` : ""
  }`;
}

/** The words of a union that has only words, in its order: `"now" | "next-reset"`. */
function words(type: Type | undefined): string[] {
  if (type?.kind !== "union" || !Array.isArray(type.value)) return [];
  const parts = type.value as readonly Type[];
  return parts.every(({ kind }) => kind === "literal")
    ? [parts.map(({ repr }) => JSON.stringify(repr)).join(" | ")]
    : [];
}

const WORDS: Readonly<Record<string, string>> = {
  typeAlias: "type",
  variable: "const",
};
