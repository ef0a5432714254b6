// The nouns that cross processes: their shapes, in one place, for the daemon, the CLI and the browser.

import { type Static, Type } from 'typebox';

export const guestStates = [
  'stopped',
  'starting',
  'running',
  'paused',
  'suspended',
  'failed',
] as const;

const literals = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.Enum([...values]));

export const GuestState = literals(guestStates);
export type GuestState = (typeof guestStates)[number];

/** A guest's name or id. Names are DNS-label-like, so that they can be file and unit names. */
export const GuestName = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'Name of a guest: lower-case letters, digits and hyphens',
});

/** What a person may write for a guest: its name, its id, or a unique beginning; "linux desktop" too. */
export const GuestReference = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Guest, by name',
});

export const Guest = Type.Object({
  id: Type.String(),
  name: GuestName,
  title: Type.String(),
  recipe: Type.String(),
  state: GuestState,
  /**
   * True once the guest's agent has said that its desktop can be used. A guest without RayOS's agent (one made
   * from a file) is ready as soon as its machine runs.
   */
  ready: Type.Boolean(),
  presented: Type.Boolean(),
  /** Surface id while presented. */
  surface: Type.Optional(Type.String()),
  accelerator: Type.Optional(literals(['kvm', 'tcg'])),
  /** Why it failed, in words, with what to do next. */
  reason: Type.Optional(Type.String()),
  startedAt: Type.Optional(Type.String({ description: 'UTC, ISO 8601' })),
  readyAfterMs: Type.Optional(Type.Number()),
});
export type Guest = Static<typeof Guest>;

/** What a guest may reach. `restricted` is a card that leads nowhere but to ports forwarded to the guest. */
export const NetworkProfile = literals(['off', 'restricted', 'nat']);
export type NetworkProfile = Static<typeof NetworkProfile>;

export const Firmware = literals(['kernel', 'bios', 'uefi']);
export type Firmware = Static<typeof Firmware>;

/** Whether text and pictures may pass between a guest's clipboard and the person's: asked once a guest. */
export const ClipboardRule = literals(['ask', 'allow', 'deny']);
export type ClipboardRule = Static<typeof ClipboardRule>;

export const GuestDisk = Type.Object({
  name: Type.String({ description: 'For example system' }),
  format: literals(['qcow2', 'raw', 'vmdk', 'vpc', 'vhdx', 'iso']),
  /** What the guest sees, and what is used on this machine. */
  sizeBytes: Type.Integer(),
  usedBytes: Type.Integer(),
  readOnly: Type.Boolean(),
  file: Type.String(),
});
export type GuestDisk = Static<typeof GuestDisk>;

export const Snapshot = Type.Object({
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
  guest: GuestName,
  /** UTC, ISO 8601. */
  created: Type.String(),
  /** With the state of the running machine; without, disks alone. */
  withMemory: Type.Boolean(),
  note: Type.Optional(Type.String()),
});
export type Snapshot = Static<typeof Snapshot>;

/** A folder of this machine that a guest sees. */
export const SharedFolder = Type.Object({
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,30}$' }),
  path: Type.String(),
  writable: Type.Boolean(),
});
export type SharedFolder = Static<typeof SharedFolder>;

export const GuestLimits = Type.Object({
  /** Of one processor; 200 is two. */
  cpuPercent: Type.Optional(Type.Integer({ minimum: 5, maximum: 25_600 })),
  diskMiBPerSecond: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
});
export type GuestLimits = Static<typeof GuestLimits>;

/** One measurement of what a guest uses. Rates are those since the measurement before. */
export const Usage = Type.Object({
  time: Type.String({ description: 'UTC, ISO 8601' }),
  cpuPercent: Type.Number({ description: 'Of one processor' }),
  memoryMiB: Type.Number({ description: "Resident memory of the guest's processes" }),
  diskReadBytesPerSecond: Type.Number(),
  diskWriteBytesPerSecond: Type.Number(),
  networkReceivedBytesPerSecond: Type.Number(),
  networkSentBytesPerSecond: Type.Number(),
});
export type Usage = Static<typeof Usage>;

/** What RayOS found in a file, and the machine that it would make for it. */
export const Proposal = Type.Object({
  file: Type.String(),
  /** For example "Debian GNU/Linux 13.1 installer (ISO 9660, BIOS and UEFI)". */
  found: Type.String(),
  kind: literals(['iso', 'disk', 'kernel', 'recipe']),
  format: Type.String(),
  sizeBytes: Type.Integer({ description: 'Of the file' }),
  virtualBytes: Type.Optional(Type.Integer({ description: 'Of the disk that is in it' })),
  firmware: Firmware,
  memoryMiB: Type.Integer(),
  cpus: Type.Integer(),
  /** Size of a new, empty disk; none for what brings its own. */
  newDiskGiB: Type.Optional(Type.Integer()),
  display: literals(['virtio-gpu', 'virtio-vga', 'vga']),
  disks: literals(['virtio', 'sata']),
  suggestedName: GuestName,
  suggestedTitle: Type.String(),
  /** A sentence for each choice: what it is and why. */
  reasons: Type.Array(Type.String()),
  warnings: Type.Array(Type.String()),
});
export type Proposal = Static<typeof Proposal>;

export const GuestDetail = Type.Object({
  ...Guest.properties,
  memoryMiB: Type.Integer(),
  cpus: Type.Integer(),
  pid: Type.Optional(Type.Integer()),
  qemuVersion: Type.Optional(Type.String()),
  createdAt: Type.String(),
  /** The recipe or the file that it was made from, in words. */
  madeFrom: Type.String(),
  firmware: Firmware,
  heads: Type.Integer(),
  autostart: Type.Boolean(),
  sound: Type.Boolean(),
  clipboard: ClipboardRule,
  network: Type.Object({
    profile: NetworkProfile,
    /** What it opens, in words. */
    opens: Type.String(),
    /** `host port → guest port`, TCP on 127.0.0.1. */
    forwards: Type.Array(Type.Object({ host: Type.Integer(), guest: Type.Integer() })),
  }),
  disks: Type.Array(GuestDisk),
  folders: Type.Array(SharedFolder),
  snapshots: Type.Array(Snapshot),
  limits: Type.Object({
    ...GuestLimits.properties,
    /** What holds them, or why nothing does, in words. */
    heldBy: Type.String(),
  }),
  usage: Type.Optional(Usage),
  /** Where it rests when it is suspended. */
  suspended: Type.Optional(Type.Object({ at: Type.String(), sizeBytes: Type.Integer() })),
  /** What really holds between this guest and the rest of the machine, in words. */
  isolation: Type.Object({
    user: Type.String(),
    sandbox: Type.String(),
    network: Type.String(),
    missing: Type.Array(Type.String()),
  }),
  devices: Type.Array(Type.String()),
  /** What was changed since it was started and holds from its next start, in words. */
  atNextStart: Type.Array(Type.String()),
  serialLog: Type.String(),
  qemuLog: Type.String(),
});
export type GuestDetail = Static<typeof GuestDetail>;

export const Surface = Type.Object({
  /** `<guest>.<head>`, for example linux-desktop.0. */
  id: Type.String(),
  guest: GuestName,
  /** Which of the guest's screens, from 0. */
  head: Type.Integer(),
  title: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
  /** How pixels reach the framer: shared memory (QEMU 9.2 and newer) or bytes in messages. */
  path: literals(['map', 'message', 'none']),
  viewers: Type.Integer(),
  framesRead: Type.Integer(),
  framerPid: Type.Optional(Type.Integer()),
});
export type Surface = Static<typeof Surface>;

/** A step of what a command is about to do, in plain words. */
export const Plan = Type.Object({
  command: Type.String(),
  summary: Type.String(),
  steps: Type.Array(Type.String()),
  /** Word to type on a terminal to give consent. */
  target: Type.String(),
});
export type Plan = Static<typeof Plan>;

export const Picture = Type.Object({
  width: Type.Integer(),
  height: Type.Integer(),
  mediaType: Type.Literal('image/png'),
  /** PNG, base64. */
  data: Type.String(),
});
export type Picture = Static<typeof Picture>;

export const Status = Type.Object({
  version: Type.String(),
  bootId: Type.String(),
  pid: Type.Integer(),
  address: Type.String(),
  uptimeMs: Type.Number(),
  policy: Type.Object({
    profile: Type.String(),
    safeMode: Type.Boolean(),
    file: Type.String(),
    reason: Type.Optional(Type.String()),
  }),
  qemu: Type.Optional(
    Type.Object({
      version: Type.String(),
      accelerator: literals(['kvm', 'tcg']),
      why: Type.String(),
    }),
  ),
  qemuMissing: Type.Optional(Type.String()),
  /** Why no guest is started: the machine was started in safe mode. */
  safeMode: Type.Optional(Type.String()),
  /** The machine's own display, where this RayOS has one to keep. */
  display: Type.Optional(
    Type.Object({
      state: literals(['shown', 'lost', 'console', 'unknown']),
      output: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
    }),
  ),
  node: Type.String(),
  stateDir: Type.String(),
  logFile: Type.String(),
});
export type Status = Static<typeof Status>;

export const AuditRecord = Type.Object({
  sequence: Type.Integer(),
  time: Type.String(),
  actor: Type.String(),
  command: Type.String(),
  /** Arguments, with typed text redacted. */
  arguments: Type.Unknown(),
  outcome: literals(['done', 'failed', 'denied', 'consent-needed']),
  code: Type.Optional(Type.String()),
  durationMs: Type.Number(),
});
export type AuditRecord = Static<typeof AuditRecord>;

export const Probe = Type.Object({
  binary: Type.String(),
  version: Type.String(),
  devices: Type.Array(Type.String()),
  displayDbus: Type.Boolean(),
  sharedMemory: Type.Boolean(),
  accelerator: literals(['kvm', 'tcg']),
  /** Why this accelerator: what the proof guest did. */
  why: Type.String(),
  cached: Type.Boolean(),
});
export type Probe = Static<typeof Probe>;

/** What the desktop hears on `GET /api/events` (server-sent events, one JSON object each). */
export type DesktopEvent =
  | {
      readonly type: 'state';
      readonly guests: readonly Guest[];
      readonly surfaces: readonly Surface[];
    }
  | { readonly type: 'marker'; readonly marker: import('./markers.ts').MarkerRecord }
  /** A guest's clipboard has something new: `clipboard.read` gets it, if its rule allows. */
  | {
      readonly type: 'clipboard';
      readonly guest: string;
      readonly mediaType: string;
      readonly sizeBytes: number;
      readonly sequence: number;
    }
  /** Long work under way: a step, and a fraction where one is known. The same id goes on; `done` ends it. */
  | {
      readonly type: 'progress';
      readonly id: string;
      readonly what: string;
      readonly step: string;
      readonly fraction?: number;
      readonly done?: boolean;
    };

/** What a person chose for the desktop, whatever browser they use. */
export const Settings = Type.Object({
  scheme: literals(['system', 'dark', 'light']),
  /** Of text and controls: 0.8 to 2. */
  textScale: Type.Number({ minimum: 0.8, maximum: 2 }),
  motion: literals(['system', 'reduced', 'full']),
  notifications: literals(['all', 'problems', 'none']),
  /** Whether a guest's resolution follows its window, unless the guest cannot. */
  followWindow: Type.Boolean(),
  quality: literals(['auto', 'lossless', 'saving']),
  firstStartDone: Type.Boolean(),
});
export type Settings = Static<typeof Settings>;

export const defaultSettings: Settings = {
  scheme: 'system',
  textScale: 1,
  motion: 'system',
  notifications: 'all',
  followWindow: true,
  quality: 'auto',
  firstStartDone: false,
};

/** A passage of the documentation that answers a question. */
export const HelpPassage = Type.Object({
  page: Type.String({ description: 'For example snapshots' }),
  title: Type.String(),
  heading: Type.String(),
  /** Markdown. */
  text: Type.String(),
  score: Type.Number(),
});
export type HelpPassage = Static<typeof HelpPassage>;
