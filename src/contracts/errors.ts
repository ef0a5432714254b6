// Closed error codes. Each has a sentence that says what happened and one that says what a person
// can do next; no other error crosses the border of a room.

/** How a command ended, as the exit status of `rayos`. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  consent: 4,
  notOnThisHost: 5,
} as const;

type ErrorDeclaration = {
  readonly exit: keyof typeof exitCodes;
  /** HTTP status that carries this error. */
  readonly status: number;
  /** What a person can do next; `{name}` is filled from the error's details. */
  readonly next: string;
};

export const errors = {
  BAD_REQUEST: {
    exit: 'usage',
    status: 400,
    next: 'See `rayos help {command}` for what it takes.',
  },
  BAD_OPTION: { exit: 'usage', status: 400, next: 'See `npm start -- --help`.' },
  UNKNOWN_COMMAND: {
    exit: 'usage',
    status: 404,
    next: 'Run `rayos help` for the list of commands.',
  },
  NOT_UNDERSTOOD: {
    exit: 'usage',
    status: 422,
    next: 'Try one of the examples in `rayos help`, such as "show linux desktop".',
  },
  NOT_SIGNED_IN: {
    exit: 'denied',
    status: 401,
    next: 'Run `rayos login` for a new one-time address and open it in the browser.',
  },
  WRONG_ORIGIN: {
    exit: 'denied',
    status: 403,
    next: 'Open RayOS by the address that `rayos login` prints.',
  },
  POLICY_DENIED: {
    exit: 'denied',
    status: 403,
    next: 'Change {policyFile} if this should be allowed, then run it again.',
  },
  CONSENT_NEEDED: {
    exit: 'consent',
    status: 409,
    next: 'Read the plan; call again with its consent token to carry it out.',
  },
  CONSENT_STALE: {
    exit: 'consent',
    status: 409,
    next: 'The plan or the machine has changed since: ask for a new plan and look at it again.',
  },
  NOT_RUNNING: {
    exit: 'failed',
    status: 503,
    next: 'Start RayOS with `npm start`, then run this again.',
  },
  ALREADY_RUNNING: {
    exit: 'failed',
    status: 409,
    next: 'Use the RayOS that runs, or stop it with `rayos shutdown`.',
  },
  NOT_ON_THIS_HOST: { exit: 'notOnThisHost', status: 501, next: '{remedy}' },
  PORT_TAKEN: {
    exit: 'failed',
    status: 500,
    next: 'Stop the program that listens there, or choose another port: RAYOS_PORT={otherPort} npm start',
  },
  QEMU_MISSING: {
    exit: 'notOnThisHost',
    status: 501,
    next: 'Install it: apt-get install {packages}',
  },
  QEMU_TOO_OLD: {
    exit: 'notOnThisHost',
    status: 501,
    next: 'Install QEMU 7.2 or newer (Debian 12 or newer has it).',
  },
  QEMU_UNSUITABLE: {
    exit: 'notOnThisHost',
    status: 501,
    next: 'Install the missing part: apt-get install {packages}',
  },
  QEMU_PROTOCOL: {
    exit: 'failed',
    status: 502,
    next: 'Stop the guest and start it again; its log is {logFile}.',
  },
  IMAGE_MISSING: { exit: 'failed', status: 424, next: 'Build it: npm run guest-image' },
  IMAGE_BROKEN: {
    exit: 'failed',
    status: 424,
    next: 'Build it again: npm run guest-image -- --force',
  },
  BUILD_FAILED: { exit: 'failed', status: 500, next: '{remedy}' },
  GUEST_UNKNOWN: { exit: 'failed', status: 404, next: 'Known guests: {known}.' },
  GUEST_AMBIGUOUS: { exit: 'usage', status: 409, next: 'Say which: {candidates}.' },
  GUEST_EXISTS: {
    exit: 'failed',
    status: 409,
    next: 'Choose another name, or use the guest that is there.',
  },
  GUEST_NOT_RUNNING: { exit: 'failed', status: 409, next: 'Start it: rayos guest start {guest}' },
  GUEST_RUNNING: { exit: 'failed', status: 409, next: 'Stop it first: rayos guest stop {guest}' },
  GUEST_PAUSED: { exit: 'failed', status: 409, next: 'Let it go on: rayos guest resume {guest}' },
  GUEST_SUSPENDED: {
    exit: 'failed',
    status: 409,
    next: 'Let it go on: rayos guest resume {guest}, or stop it from there.',
  },
  GUEST_CANNOT: { exit: 'failed', status: 409, next: '{remedy}' },
  SNAPSHOT_UNKNOWN: { exit: 'failed', status: 404, next: 'Known snapshots: {known}.' },
  SNAPSHOT_EXISTS: { exit: 'failed', status: 409, next: 'Choose another name.' },
  FILE_UNREADABLE: {
    exit: 'failed',
    status: 400,
    next: 'See that the file is there, that RayOS may read it, and that its name is right.',
  },
  FILE_UNKNOWN: {
    exit: 'failed',
    status: 422,
    next: 'RayOS takes an ISO, a disk image (qcow2, raw, vmdk, vhd, vhdx) or a Linux kernel.',
  },
  FILE_CORRUPT: {
    exit: 'failed',
    status: 422,
    next: 'Get the file again; what it says of itself cannot be true.',
  },
  AGENT_MISSING: {
    exit: 'failed',
    status: 409,
    next: 'This needs the agent of RayOS in the guest; the desktops that RayOS builds have it.',
  },
  CLIPBOARD_CLOSED: {
    exit: 'denied',
    status: 403,
    next: 'Open it for this guest: rayos clipboard rule {guest} allow',
  },
  GUEST_DIED: {
    exit: 'failed',
    status: 500,
    next: 'Its last words are in {logFile}. Start it again: rayos guest start {guest}',
  },
  GUEST_NOT_READY: {
    exit: 'failed',
    status: 504,
    next: 'Look at it: rayos guest present {guest}. Its serial log is {logFile}.',
  },
  GUEST_WILL_NOT_STOP: {
    exit: 'failed',
    status: 504,
    next: 'End it without asking it: rayos guest kill {guest}',
  },
  NOT_PRESENTED: {
    exit: 'failed',
    status: 409,
    next: 'Show it first: rayos guest present {guest}',
  },
  NOTHING_PRESENTED: {
    exit: 'failed',
    status: 409,
    next: 'Show a guest first, for example: rayos "show linux desktop"',
  },
  NO_FRAME: {
    exit: 'failed',
    status: 504,
    next: 'Hide the guest and present it again; its log is {logFile}.',
  },
  FRAMER_LOST: {
    exit: 'failed',
    status: 502,
    next: 'It is being restarted: try again in a second.',
  },
  KEY_UNKNOWN: {
    exit: 'usage',
    status: 400,
    next: 'Keys are named like ctrl+l, enter, f5 or KeyA; text is typed with `rayos type`.',
  },
  DESKTOP_NOT_BUILT: { exit: 'failed', status: 424, next: 'Build it: npm run desktop:build' },
  BROWSER_MISSING: {
    exit: 'notOnThisHost',
    status: 501,
    next: 'Install it: apt-get install chromium',
  },
  RECORDER_SILENT: {
    exit: 'failed',
    status: 503,
    next: 'It is being started again: try in a minute. `rayos boot checks` says how the rest is.',
  },
  STATE_UNWRITABLE: {
    exit: 'failed',
    status: 507,
    next: 'Free space on, or get write access to, {path}.',
  },
  TIMED_OUT: {
    exit: 'failed',
    status: 504,
    next: 'Try again; `rayos markers` tells what happened so far.',
  },
  CANCELLED: {
    exit: 'failed',
    status: 499,
    next: 'Nothing more is done; run it again when you want it.',
  },
  INTERNAL: {
    exit: 'failed',
    status: 500,
    next: 'This is a fault in RayOS: its log is {logFile}.',
  },
} as const satisfies Record<string, ErrorDeclaration>;

export type ErrorCode = keyof typeof errors;
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** The form in which an error crosses processes: `{ error: ErrorBody }`. */
export type ErrorBody = {
  readonly code: ErrorCode;
  /** What happened, in one sentence. */
  readonly message: string;
  /** What to do next, in one sentence. */
  readonly next: string;
  readonly details: ErrorDetails;
};

/** The only error class that crosses rooms. `message` says what happened, `next` what to do. */
export class RayError extends Error {
  override readonly name = 'RayError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  /** The next step, with `{name}` filled from details; a name that is missing is left out. */
  get next(): string {
    return errors[this.code].next.replace(/\{(\w+)\}/g, (_, name: string) =>
      String(this.details[name] ?? '…'),
    );
  }

  /** The same error with details that it did not have; itself when there are none. */
  with(details: ErrorDetails): RayError {
    if (Object.keys(details).every((name) => name in this.details)) return this;
    return new RayError(this.code, this.message, { ...details, ...this.details }, this.cause);
  }

  toJSON(): ErrorBody {
    return { code: this.code, message: this.message, next: this.next, details: this.details };
  }

  /** Rebuilds an error that arrived from another process; anything unknown becomes INTERNAL. */
  static from(body: unknown): RayError {
    const b = (typeof body === 'object' && body !== null ? body : {}) as Partial<ErrorBody>;
    const code =
      typeof b.code === 'string' && Object.hasOwn(errors, b.code)
        ? (b.code as ErrorCode)
        : 'INTERNAL';
    return new RayError(
      code,
      typeof b.message === 'string' ? b.message : 'an answer that is no error of RayOS',
      b.details ?? {},
    );
  }
}

/**
 * Any thrown value as a RayError; what is unforeseen becomes INTERNAL with its cause kept. `details` are
 * added to those that the error has: the place where it is caught may know more names than the place of
 * the fault.
 */
export function asRayError(thrown: unknown, details: ErrorDetails = {}): RayError {
  if (thrown instanceof RayError) return thrown.with(details);
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new RayError('CANCELLED', 'the operation was cancelled', details, thrown);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RayError('INTERNAL', message, details, thrown);
}
