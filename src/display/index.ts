// The machine's own display. It owns the door by which rayosd signs that display in and hears how it is, and
// the supervisor, a process of its own that keeps a compositor and a browser on the screen. May use contracts,
// foundation, and what host reads of the machine. What always holds: "shown" is said only of a page that has drawn.

export { DisplayDoor, type DisplayDoorOptions } from './door.ts';
export { DoorClient } from './supervisor/door-client.ts';
export { showDesktop } from './supervisor/showing.ts';
export { supervise } from './supervisor/supervise.ts';
