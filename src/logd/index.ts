// logd: the flight recorder's own process, and how others speak to it. Owns the boot's records, the markers
// on the console, and the blessing of the entry that runs. May use contracts, foundation, host and boot; it
// loads nothing that it does not need, and nothing that anybody sends it, or that a console does not take,
// keeps it from recording.

export * from './client.ts';
export * from './messages.ts';
