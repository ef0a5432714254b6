// Input: owns the keymap, the way from text, chords and viewers' messages to events, and the paced queue
// into a guest. May use contracts and foundation; gets the guest's keyboard and mouse as an interface.
// Order is kept, bursts are spread so that no key is lost, and nothing stays pressed when its holder leaves.

export * from './chord.ts';
export * from './events.ts';
export * from './keymap.ts';
export * from './pace.ts';
export * from './queue.ts';
export * from './requests.ts';
export { InputSource } from './source.ts';
export * from './text.ts';
export * from './viewer-input.ts';
