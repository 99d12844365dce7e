/**
 * Recordings: what was said with a machine, kept, and answered from without it.
 *
 * @module
 */
export type { RecordingSink } from "./line.ts";
export { Recorder, type RecordingAbout, recordingHost } from "./record.ts";
export { readRecording, type ReadRecordingOptions } from "./read.ts";
export { ReplayHost, replayHost, type ReplayOptions } from "./replay.ts";
export * from "./types.ts";
