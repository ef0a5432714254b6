// Foundation: durable files, the store, locks, owned child processes, time with cancellation. Imports
// contracts only, knows nothing of guests or screens; whatever is written here survives a power cut.

export * from './child.ts';
export * from './clock.ts';
export * from './durable.ts';
export * from './emitter.ts';
export * from './lock.ts';
export * from './newest.ts';
export * from './other-user.ts';
export * from './paths.ts';
export * from './ring.ts';
export * from './service-manager.ts';
export * from './store.ts';
export * from './throttle.ts';
export * from './usage.ts';
