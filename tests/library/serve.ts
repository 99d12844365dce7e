/**
 * The checkout behind HTTP, as users import it from a URL.
 *
 * @module
 */
import { ROOT } from "../paths.ts";

/** The checkout on 127.0.0.1. `await using` ends it. */
export function serveCheckout(): Deno.HttpServer<Deno.NetAddr> & {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
} {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async ({ url }) => {
      const { pathname } = new URL(url);
      const type = pathname.endsWith(".json")
        ? "application/json"
        : "application/typescript";
      try {
        const text = await Deno.readTextFile(`${ROOT}${pathname.slice(1)}`);
        return new Response(text, { headers: { "content-type": type } });
      } catch {
        return new Response("", { status: 404 });
      }
    },
  );
  return Object.assign(server, { host: `127.0.0.1:${server.addr.port}` });
}

/** Copies the example driver to a folder outside the checkout; it imports the library from `root`, a URL that ends with /. */
export function ownDriver(folder: string, root: string): void {
  const from = `${ROOT}docs/examples/own_driver`;
  for (const { name } of Deno.readDirSync(from)) {
    const text = Deno.readTextFileSync(`${from}/${name}`)
      .replaceAll('"../../../', `"${root}`);
    Deno.writeTextFileSync(`${folder}/${name}`, text);
  }
}
