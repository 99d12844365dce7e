import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
export async function plan(
  _c: Context,
  _r: string,
  _o: object,
): Promise<ExitCode> {
  return await EXIT.done;
}
