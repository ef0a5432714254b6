// The display as a framer has it: connection, listener, scanouts and damage. An entrance of its own, because
// a framer that was lost has to be back at once: what is here loads neither schemas nor a database.

export { DisplayConnection } from './connection.ts';
export { Damage, type Rectangle } from './damage.ts';
export { takeChannel } from './handover.ts';
export { listen, type PreparedListener, prepareListener } from './listener/index.ts';
export { ScanoutLost } from './lost.ts';
export { listenToSound, type Sound, type SoundListener } from './sound/index.ts';
export * from './types.ts';
