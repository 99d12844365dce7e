/**
 * `deno task api:generate`: writes the public API down.
 *
 * @module
 */
import { API_FILE, apiText } from "./api.ts";

Deno.writeTextFileSync(API_FILE, await apiText());
