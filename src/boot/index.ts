// Boot: what a boot leaves behind (stages, records), and what is decided from it. systemd-boot only counts;
// here is predicted what it will start, and said why. May use contracts, foundation, host and log.

export * from './attempts.ts';
export * from './bless.ts';
export * from './cut-rename.ts';
export * from './decision.ts';
export * from './entries-folder.ts';
export * from './entry-name.ts';
export * from './entry-order.ts';
export * from './history.ts';
export * from './record.ts';
export * from './record-file.ts';
export * from './version-order.ts';
