// Contracts: what the parts of RayOS say to each other. Owns the tables of commands, markers and errors,
// the schemas and the viewer's protocol; imports no other room, and runs in the browser as well.

export * from './boot-schemas.ts';
export * from './commands/index.ts';
export * from './errors.ts';
export * from './markers.ts';
export * from './schemas.ts';
export * from './viewer-protocol.ts';
