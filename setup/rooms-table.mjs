// The rooms of RayOS and who may use whom. A room may import from rooms of lower layers, and from those
// of its own layer that it names in `beside`; never from a higher layer.
// @ts-check

/**
 * @typedef {object} Room
 * @property {string} name
 * @property {string} folder
 * @property {number} layer
 * @property {readonly string[]} [beside] rooms of the same layer that it may use
 * @property {readonly string[]} [only] if given, the only rooms that it may use
 * @property {readonly string[]} [packages] if given, the only npm packages that it may use ("node:" is named too)
 * @property {readonly string[]} [entrances] files by which others may enter, beside index.ts
 * @property {boolean} [isForTests] every test may use it, in whatever room (a guest to start)
 * @property {boolean} [isOpen] a toolbox: others may enter through any of its files
 */

/** @param {number} layer @param {string} names @param {Partial<Room>} [more] @returns {Room[]} */
const rooms = (layer, names, more = {}) =>
  names.split(' ').map((name) => ({ name, folder: `src/${name}`, layer, ...more }));

/** @type {readonly Room[]} */
export const roomTable = [
  // Also runs in the browser. Without schemas there are further entrances, for what is to start at once: a
  // command line, a framer.
  ...rooms(0, 'contracts', {
    packages: ['typebox'],
    entrances: ['errors.ts', 'markers.ts', 'viewer-protocol.ts'],
  }),
  // These by themselves, for the same reason: the rest loads SQLite.
  ...rooms(1, 'foundation', {
    entrances: [
      'paths.ts',
      'clock.ts',
      'newest.ts',
      'durable.ts',
      'child.ts',
      'service-manager.ts',
    ],
  }),
  // logd and the display's supervisor are small: they take of the machine what they read, and nothing more.
  ...rooms(2, 'host', {
    entrances: ['efivars.ts', 'os-release.ts', 'kernel.ts', 'hardware/screens.ts'],
  }),
  ...rooms(2, 'log'),
  // The display by itself is what a framer loads.
  ...rooms(2, 'hypervisor', { entrances: ['display/index.ts'] }),
  ...rooms(3, 'policy settings'),
  // Its checks by themselves: logd loads the rest only.
  ...rooms(4, 'boot', { entrances: ['checks/index.ts'] }),
  ...rooms(4, 'watchdog installer update guests input camera dispatch display'),
  ...rooms(4, 'presentation', { beside: ['input'] }),
  ...rooms(5, 'reflex logd recovery'),
  // Help loads SQLite, which the command line has no need of.
  ...rooms(5, 'cognition', { entrances: ['help/help.ts'] }),
  ...rooms(6, 'gateway mesh', { beside: ['gateway'] }),
  ...rooms(7, 'shell rayosd'),
  {
    name: 'guest-images',
    folder: 'guest-images',
    layer: 4,
    isForTests: true,
    // The image of RayOS, and the small guest of trials, are made with the same tools.
    isOpen: true,
  },
  { name: 'image', folder: 'image', layer: 7, isOpen: true },
  // Everything that the browser gets has to stand in the table of commands or in the viewer's protocol.
  { name: 'desktop', folder: 'desktop', layer: 8, only: ['contracts'] },
  // Trials, benches and documentation look at all of RayOS from outside.
  { name: 'harness', folder: 'trials/harness', layer: 8, isOpen: true },
  { name: 'machine', folder: 'trials/machine', layer: 8, isOpen: true, beside: ['harness'] },
  { name: 'trials', folder: 'trials', layer: 9 },
  { name: 'bench', folder: 'bench', layer: 9 },
  { name: 'docs', folder: 'docs', layer: 9 },
  { name: 'setup', folder: 'setup', layer: 9 },
];
