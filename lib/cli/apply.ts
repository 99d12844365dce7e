import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
export async function apply(
  _c: Context,
  _r: string,
  _o: object,
): Promise<ExitCode> {
  return await EXIT.done;
}
