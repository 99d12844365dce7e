/** A recipe's source from files and URLs. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RecipeError } from "../../lib/errors.ts";
import { loadRecipe, recipeFromText } from "../../lib/recipe/load.ts";
import { program } from "./process.ts";

const TEXT = "export default { name: 'ü' };\n";

async function withFile(
  bytes: Uint8Array | string,
  test: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a %#?b.ts`;
    await Deno.writeFile(
      path,
      typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
    );
    await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function withServer(
  answer: (path: string) => Response,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => answer(new URL(request.url).pathname),
  );
  try {
    await test(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("a file is read by path or URL, with the digest sha256sum would give", async () => {
  await withFile(TEXT, async (path) => {
    const source = await loadRecipe(path);
    assertEquals(source.text, TEXT);
    assertEquals(source.digest.length, 64);
    assertEquals(await loadRecipe(new URL(source.url)), source);
    assertEquals(await loadRecipe(source.url), source);
  });
  const known = await recipeFromText("abc", "file:///x.ts");
  // FIPS 180-2's own example.
  assertEquals(
    known.digest,
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

Deno.test("a URL gives the same text and digest as the file", async () => {
  await withServer(
    () =>
      new Response(TEXT, {
        headers: { "content-type": "application/typescript" },
      }),
    async (url) => {
      const source = await loadRecipe(`${url}/r.ts`);
      const local = await recipeFromText(TEXT, source.url);
      assertEquals(source, local);
    },
  );
});

Deno.test("what is not there is said so", async () => {
  await assertRejects(
    () => loadRecipe("/no/such/r.ts"),
    RecipeError,
    "/no/such/r.ts",
  );
  await withServer(
    () => new Response("", { status: 404 }),
    async (url) => {
      await assertRejects(
        () => loadRecipe(`${url}/none.ts`),
        RecipeError,
        `there is no recipe at ${url}/none.ts`,
      );
    },
  );
  await assertRejects(() => loadRecipe(Deno.cwd()), RecipeError, "cannot read");
  await assertRejects(
    () => loadRecipe("http://127.0.0.1:1/r.ts"),
    RecipeError,
    "cannot read",
  );
});

Deno.test("other schemes are refused", async () => {
  for (const url of ["data:text/plain,x", "npm:x", "ftp://h/r.ts", "blob:x"]) {
    await assertRejects(() => loadRecipe(url), RecipeError, "scheme");
  }
  await assertRejects(() => loadRecipe("http://"), RecipeError, "not a path");
});

Deno.test("1 MiB is the largest source", async () => {
  const most = "x".repeat(1024 * 1024);
  await withFile(most, async (path) => {
    assertEquals((await loadRecipe(path)).text.length, most.length);
  });
  await withFile(`${most}y`, async (path) => {
    await assertRejects(() => loadRecipe(path), RecipeError, "larger");
  });
});

Deno.test("what is not UTF-8 is refused, from a file and from a URL", async () => {
  const bytes = new Uint8Array([0x61, 0xff, 0x62]);
  await withFile(bytes, async (path) => {
    await assertRejects(() => loadRecipe(path), RecipeError, "not UTF-8");
  });
  await withServer(
    () =>
      new Response(bytes, {
        headers: { "content-type": "application/typescript" },
      }),
    async (url) => {
      await assertRejects(
        () => loadRecipe(`${url}/bad.ts`),
        RecipeError,
        "not UTF-8",
      );
    },
  );
});

const LOADING = `
import { loadRecipe } from "LIB/load.ts";
try { console.log((await loadRecipe(Deno.args[0] ?? WHERE)).digest.length) }
catch (error) { console.log(error.code, error.message, "|", error.hint) }
`;

Deno.test("missing permissions are named with the flag that gives them", async () => {
  const file = LOADING.replace("WHERE", '"/etc/hostname"');
  const denied = (await program(file, [])).out;
  assertStringIncludes(
    denied,
    "RecipeError reading the recipe file:///etc/hostname",
  );
  assertStringIncludes(denied, "--allow-read=/etc/hostname");
  assertEquals(
    (await program(file, ["--allow-read=/etc/hostname"])).out,
    "64\n",
  );
  await withServer(
    () =>
      new Response(TEXT, {
        headers: { "content-type": "application/typescript" },
      }),
    async (url) => {
      const remote = LOADING.replace("WHERE", JSON.stringify(`${url}/r.ts`));
      const { host } = new URL(url);
      assertStringIncludes(
        (await program(remote, ["--allow-net", "--allow-read"])).out,
        `--allow-import=${host}`,
      );
      assertEquals(
        (await program(remote, [`--allow-import=${host}`])).out,
        "64\n",
      );
    },
  );
  const relative = LOADING.replace("WHERE", '"r.ts"');
  assertStringIncludes((await program(relative, [])).out, "--allow-read");
});
