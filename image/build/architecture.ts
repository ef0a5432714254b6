// What differs between the processors that the image is built for. Packages, consoles and settings of one of
// them alone are in image/mkosi/mkosi.conf.d; everything else is one recipe.

export type GuestRecipe = 'linux-desktop' | 'rescue-desktop';

export type Architecture = 'x86_64' | 'aarch64';

export type Target = {
  readonly architecture: Architecture;
  /** What Debian calls it. */
  readonly debian: 'amd64' | 'arm64';
  /** What mkosi calls it. */
  readonly mkosi: 'x86-64' | 'arm64';
  /** What Node and npm call it. */
  readonly npm: 'x64' | 'arm64';
  /** Its folder in the cache: tools, packages, and what mkosi keeps. */
  readonly cache: string;
  /** The program of binutils that strips its executables. */
  readonly strip: string;
  /**
   * What an x86-64 machine needs to run its programs while it is built: packages' own scripts do. A static
   * QEMU for its programs, by its place in the tools tree.
   */
  readonly emulator?: string;
  /**
   * Recipes of the guests that lie in the image. All are x86-64 machines: on ARM they are emulated, which a
   * whole desktop is too slow for.
   */
  readonly guests: readonly GuestRecipe[];
  /** Packages that the tools tree has for this alone. */
  readonly tools: readonly string[];
};

const targets: Readonly<Record<Architecture, Target>> = {
  x86_64: {
    architecture: 'x86_64',
    debian: 'amd64',
    mkosi: 'x86-64',
    npm: 'x64',
    cache: 'image',
    strip: 'strip',
    guests: ['linux-desktop', 'rescue-desktop'],
    tools: [],
  },
  aarch64: {
    architecture: 'aarch64',
    debian: 'arm64',
    mkosi: 'arm64',
    npm: 'arm64',
    cache: 'image-aarch64',
    strip: 'aarch64-linux-gnu-strip',
    guests: ['rescue-desktop'],
    emulator: '/usr/bin/qemu-aarch64',
    tools: ['qemu-user', 'binutils-aarch64-linux-gnu'],
  },
};

/** Every name that a person may know it by. */
const names: Readonly<Record<string, Architecture>> = {
  x86_64: 'x86_64',
  'x86-64': 'x86_64',
  amd64: 'x86_64',
  x64: 'x86_64',
  aarch64: 'aarch64',
  arm64: 'aarch64',
};

/** undefined for a processor that there is no image for. */
export function architectureOf(name: string): Architecture | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

export function targetFor(architecture: Architecture): Target {
  return targets[architecture];
}
