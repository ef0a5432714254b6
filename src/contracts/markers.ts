// Markers are the single-line facts that tests and people wait for: `RAYOS_<AREA>:<EVENT>[:<arg>…]`.
// Each is declared here once with the names of its arguments.

export const markers = {
  'BOOT_MARKER:KERNEL': ['bootId', 'version', 'entry'],
  'BOOT_MARKER:DECISION': ['reason'],
  'BOOT_MARKER:SUBSYSTEMS': ['bootId'],
  'BOOT_MARKER:SHELL': ['bootId'],
  'BOOT_MARKER:GOLDEN': ['bootId', 'degraded'],
  'BOOT_MARKER:CHECK': ['check', 'state'],
  'BOOT_MARKER:BLESSED': ['entry'],
  'BOOT_MARKER:TRY_GIVEN_BACK': ['entry'],
  'BOOT_MARKER:DEADLINE': ['reason'],
  'BOOT_MARKER:STOPPING': ['reason'],
  'BOOT_MARKER:STOPPED': [],
  'RECOVERY:STARTED': ['why'],
  'RECOVERY:REASON': ['sentence'],
  'RECOVERY:EMERGENCY': ['unit'],
  'RECOVERY:SCRUBBED': ['state'],
  'POLICY:LOADED': ['profile'],
  'POLICY:SAFE_MODE': ['reason'],
  'POLICY:DENIED': ['command', 'actor'],
  'POLICY:CONSENT_ASKED': ['command', 'actor'],
  'POLICY:CONSENT_GIVEN': ['command', 'actor'],
  'GATEWAY:LISTENING': ['port'],
  'GATEWAY:SIGNED_IN': ['actor'],
  'GATEWAY:REFUSED': ['reason'],
  'GUEST:CREATED': ['guest'],
  'GUEST:STARTING': ['guest', 'accelerator'],
  'GUEST:RUNNING': ['guest'],
  'GUEST:READY': ['guest', 'milliseconds'],
  'GUEST:REATTACHED': ['guest'],
  'GUEST:STOPPING': ['guest', 'step'],
  'GUEST:STOPPED': ['guest'],
  'GUEST:KILLED': ['guest'],
  'GUEST:FAILED': ['guest', 'code'],
  'GUEST:DELETED': ['guest'],
  'GUEST:PAUSED': ['guest', 'reason'],
  'GUEST:RESUMED': ['guest'],
  'GUEST:SUSPENDING': ['guest'],
  'GUEST:SUSPENDED': ['guest', 'bytes'],
  'GUEST:WOKEN': ['guest', 'milliseconds'],
  'GUEST:COLD_BOOTED': ['guest', 'reason'],
  'GUEST:HUNG': ['guest', 'what'],
  'GUEST:PANICKED': ['guest'],
  'GUEST:DISK_FULL': ['guest', 'disk'],
  'GUEST:CHANGED': ['guest', 'what'],
  'GUEST:RENAMED': ['guest', 'name'],
  'GUEST:CLONED': ['guest', 'name'],
  'GUEST:DISK_RESIZED': ['guest', 'disk', 'bytes'],
  'GUEST:SNAPSHOT_TAKEN': ['guest', 'snapshot'],
  'GUEST:SNAPSHOT_REVERTED': ['guest', 'snapshot'],
  'GUEST:SNAPSHOT_DELETED': ['guest', 'snapshot'],
  'GUEST:MENDED': ['guest', 'what'],
  'GUEST:FOLDER_SHARED': ['guest', 'folder'],
  'GUEST:FOLDER_UNSHARED': ['guest', 'folder'],
  'GUEST:FILE_DROPPED': ['guest', 'bytes'],
  'GUEST:OPENED': ['guest'],
  'GUEST:DISPLAY_FOLLOWED': ['guest', 'head', 'width', 'height'],
  'GUEST:CLIPBOARD': ['guest', 'direction', 'bytes'],
  'PRESENTATION:SURFACE_CREATED': ['surface', 'guest'],
  'PRESENTATION:SCANOUT': ['surface', 'width', 'height', 'path'],
  'PRESENTATION:FRAME_UPDATED': ['surface', 'frame'],
  'PRESENTATION:PRESENTED': ['surface', 'guest'],
  'PRESENTATION:HIDDEN': ['surface', 'guest'],
  'PRESENTATION:SURFACE_DESTROYED': ['surface', 'guest'],
  'PRESENTATION:SCANOUT_REFUSED': ['surface', 'reason'],
  'PRESENTATION:VIEWER_JOINED': ['surface', 'viewer'],
  'PRESENTATION:VIEWER_STALLED': ['surface', 'viewer'],
  'PRESENTATION:VIEWER_LEFT': ['surface', 'viewer'],
  'PRESENTATION:ENCODER': ['surface', 'viewer', 'encoder', 'reason'],
  'PRESENTATION:KEYBOARD_HELD': ['surface', 'viewer'],
  'PRESENTATION:DESKTOP_SHOWN': ['output'],
  'PRESENTATION:DISPLAY_LOST': ['reason'],
  'PRESENTATION:CONSOLE_SHOWN': ['reason'],
  'PRESENTATION:FRAMER_STARTED': ['surface', 'pid'],
  'PRESENTATION:FRAMER_LOST': ['surface', 'reason'],
  'PRESENTATION:FRAMER_BACK': ['surface', 'milliseconds'],
  'INPUT:SENT': ['guest', 'kind', 'count'],
  'INPUT:RELEASED': ['guest', 'keys'],
  'INPUT:REFUSED': ['guest', 'reason'],
  'LOG:AUDIT_LOST': ['count'],
  'LOG:MARKERS_DROPPED': ['count'],
  'LOG:UNRECORDED': ['reason'],
  'INTENT:RESOLVED': ['command'],
  'INTENT:UNKNOWN': [],
} as const satisfies Record<string, readonly string[]>;

export type MarkerName = keyof typeof markers;
export type MarkerArguments<N extends MarkerName> = {
  readonly [K in (typeof markers)[N][number]]: string | number;
};

/** One marker as it happened. `line` is the wire form; `time` is UTC in ISO 8601. */
export type MarkerRecord = {
  readonly sequence: number;
  readonly time: string;
  readonly name: MarkerName;
  readonly line: string;
  readonly arguments: Readonly<Record<string, string | number>>;
};

/** The line of a marker. Anything that would break the line or its fields is replaced by `_`. */
export function formatMarker<N extends MarkerName>(name: N, args: MarkerArguments<N>): string {
  const values = args as Readonly<Record<string, string | number>>;
  const fields = markers[name].map((key) => clean(values[key]));
  return [`RAYOS_${name}`, ...fields].join(':');
}

/** Reads a marker's line back; undefined if it is no declared marker. */
export function parseMarker(
  line: string,
): { name: MarkerName; arguments: Record<string, string> } | undefined {
  const parts = line.trim().split(':');
  if (!parts[0]?.startsWith('RAYOS_')) return undefined;
  const name = `${parts[0].slice('RAYOS_'.length)}:${parts[1] ?? ''}`;
  if (!Object.hasOwn(markers, name)) return undefined;
  const keys = markers[name as MarkerName];
  if (parts.length - 2 !== keys.length) return undefined;
  return {
    name: name as MarkerName,
    arguments: Object.fromEntries(keys.map((key, i) => [key, parts[i + 2] ?? ''])),
  };
}

/** A sentence, with what a marker would lose of it (spaces, colons) percent-encoded. */
export function encodeSentence(sentence: string): string {
  let text = sentence.toWellFormed().slice(0, longestArgument);
  while (encodeURIComponent(text).length > longestArgument) text = text.slice(0, -1).toWellFormed();
  return encodeURIComponent(text);
}

const longestArgument = 900;

function clean(value: string | number | undefined): string {
  return String(value ?? '')
    .replace(/[\p{Cc}: ]/gu, '_')
    .slice(0, longestArgument);
}
