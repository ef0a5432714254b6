// The flight recorder, its first part: records and markers of one run of rayosd, bounded on disk and in
// memory. May use contracts and foundation. Typed text and key names never reach it.

export * from './recorder.ts';
