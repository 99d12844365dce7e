/**
 * Provenance: who signed a recipe, a plan or a measurement, and whether that
 * counts.
 *
 * @module
 */
export * from "./compare.ts";
export * from "./envelope.ts";
export * from "./json.ts";
export * from "./keys.ts";
export * from "./measure.ts";
export * from "./pack.ts";
export * from "./signed_file.ts";
export * from "./statement.ts";
export * from "./time.ts";
export * from "./trust.ts";
export * from "./verify.ts";
