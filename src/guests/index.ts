// Guests: the registry of virtual machines and their life. May use contracts, foundation, log, policy and
// hypervisor. A guest boots hidden and untrusted; it outlives rayosd, which takes charge of it again.

export { type GuestParts, Guests } from './guests.ts';
export type { BootImage, Recipe } from './machine.ts';
export type { Progress } from './maker.ts';
export { kvmGroup } from './places.ts';
export { type GuestRow, guestMigration, Registry } from './registry.ts';
export { SnapshotRows } from './snapshot-rows.ts';
export { Surround } from './surround.ts';
export { Surroundings } from './surroundings.ts';
export { usageEveryMs } from './usage.ts';
