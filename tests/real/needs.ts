/**
 * Programs that tests of this folder drive, and what is said where one is not
 * there.
 *
 * @module
 */

/** Which of these programs are not on the PATH. */
export function lacking(...programs: readonly string[]): string[] {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return programs.filter((name) =>
    !folders.some((folder) => {
      try {
        return Deno.statSync(`${folder}/${name}`).isFile;
      } catch {
        return false;
      }
    })
  );
}

/**
 * Whether something is missing for a test, which is then to be ignored: why is
 * told to whoever runs it.
 *
 * @param what the test, in a few words
 * @param missing what is not there; see {@linkcode lacking}
 */
export function ignored(what: string, missing: readonly string[]): boolean {
  if (missing.length === 0) return false;
  // deno-lint-ignore no-console -- whoever runs it must see what was not
  console.log(`not run: ${what}: there is no ${missing.join(", ")}`);
  return true;
}
