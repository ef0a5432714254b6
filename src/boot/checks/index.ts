// Checks of a boot, and who asks them. Apart from the rest of the room: logd has no need of them.

export * from '../check.ts';
export * from '../golden-watch.ts';
export * from './answers.ts';
export * from './disk.ts';
export * from './display.ts';
