/** The README's section on virtual functions is held to what the command does. */
import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../paths.ts";
import { Lab } from "../vfio/vm.ts";

Deno.test("every command line of the README's section on virtual functions runs, in its order", async () => {
  const readme = Deno.readTextFileSync(`${ROOT}README.md`);
  const section = readme.split("### Before a VM gets a virtual function")[1]
    ?.split(/\n##+ /)[0] ?? "";
  const block = (language: string): string =>
    [...section.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))]
      .map((match) => match[1] ?? "").join("");
  using lab = new Lab();
  const profile = lab.folder.file("vms.json", block("json"));
  const lines = block("sh").trim().split("\n");
  assertEquals(lines.length, 6);
  const held: string[] = [];
  for (const line of lines) {
    const words = line.replace(/ +#.*$/, "").split(" ").slice(1)
      .map((word) => word === "vms.json" ? profile : word);
    const root = words.includes("hook")
      ? ["--root", `${lab.folder.path}/root`]
      : [];
    const { code, out, err } = await lab.run([...words, ...root]);
    assertEquals(code, 0, `${line}\n${out}${err}`);
    held.push(lab.held());
  }
  const [dry, prepared, status, released] = held;
  assert(dry !== prepared);
  assertEquals([prepared, released], [status, dry]);
});
