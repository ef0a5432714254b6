// Gateway: identity, sessions, HTTP and events. Owns who may speak to RayOS and how; may use contracts,
// foundation, log, policy and dispatch. Listens on loopback only; no request without identity.

export type { DropDoor } from './drops-route.ts';
export * from './server.ts';
export * from './sessions.ts';
export type { ViewerDoor } from './upgrade.ts';
