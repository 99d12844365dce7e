/** The checkout on 127.0.0.1, as a site would serve it. */
import { ROOT } from "../paths.ts";

/** A server of the checkout. */
export type ServedCheckout = Deno.HttpServer<Deno.NetAddr> & {
  /** The paths that were asked for. */
  readonly asked: string[];
};

/** Serves the checkout and says what was asked for. */
export function serveCheckout(): ServedCheckout {
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      if (pathname.includes("..")) return new Response("", { status: 404 });
      try {
        return new Response(
          Deno.readTextFileSync(`${ROOT}${pathname.slice(1)}`),
          {
            headers: {
              "content-type": pathname.endsWith(".json")
                ? "application/json"
                : "application/typescript",
            },
          },
        );
      } catch {
        return new Response("", { status: 404 });
      }
    },
  );
  return Object.assign(server, { asked });
}
