/**
 * What is offered for a word of a command line, and what it is asked with.
 *
 * @module
 */
import type { Globals } from "../context.ts";

/** A word, and what it is. */
export type Candidate = readonly [word: string, help: string];

/** What can stand in a place. */
export interface Offer {
  /** Words, in the order to show them. */
  readonly words: readonly Candidate[];
  /** Whether the shell completes names of files, or of folders, when no word fits. */
  readonly files?: "files" | "folders";
  /** What of the typed word stands before the file's name: `--policy=`. */
  readonly before?: string;
}

/** Nothing. */
export const NOTHING: Offer = { words: [] };

/** What was typed before, for those who answer. */
export interface Asked {
  /** What stands in the place so far. */
  readonly word: string;
  /** The command's path: `nvconfig set`. */
  readonly command: string;
  /** The options that every command takes. */
  readonly globals: Globals;
  /** The values of arguments by name. */
  readonly args: ReadonlyMap<string, readonly string[]>;
  /** The values of options by long name without dashes. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** The offer with something in front of every word. */
export function behind(before: string, offer: Offer): Offer {
  if (before === "") return offer;
  return {
    ...offer,
    words: offer.words.map(([word, help]) => [before + word, help]),
    before: before + (offer.before ?? ""),
  };
}
