/**
 * What is on record of a run, for programs that read journals.
 *
 * @module
 */
export type {
  AnswerRecord,
  BeginRecord,
  EndRecord,
  JournalEvent,
  JournalRecord,
  RunKind,
  RunOwner,
  VerifiedRecord,
  WriteRecord,
} from "./journal_types.ts";
export type { RunRecord } from "./runs.ts";
