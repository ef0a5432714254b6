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
  /** True once the guest's agent has said that its desktop can be used. */
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

export const GuestDetail = Type.Object({
  ...Guest.properties,
  memoryMiB: Type.Integer(),
  cpus: Type.Integer(),
  pid: Type.Optional(Type.Integer()),
  qemuVersion: Type.Optional(Type.String()),
  createdAt: Type.String(),
  /** What really holds between this guest and the rest of the machine, in words. */
  isolation: Type.Object({
    user: Type.String(),
    sandbox: Type.String(),
    network: Type.String(),
    missing: Type.Array(Type.String()),
  }),
  devices: Type.Array(Type.String()),
  serialLog: Type.String(),
  qemuLog: Type.String(),
});
export type GuestDetail = Static<typeof GuestDetail>;

export const Surface = Type.Object({
  id: Type.String(),
  guest: GuestName,
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
  | { readonly type: 'marker'; readonly marker: import('./markers.ts').MarkerRecord };
