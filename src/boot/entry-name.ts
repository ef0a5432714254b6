// The names of boot entries. A UKI on the ESP says by its file name which version it starts and how many
// tries it has: `rayos_VERSION+LEFT-DONE.efi` is counted, `rayos_VERSION.efi` is not (systemd's Automatic
// Boot Assessment). Recovery is `rayos-recovery_VERSION.efi` and is never counted. Nothing else that lies
// there is taken for an entry of RayOS: a name is read strictly, and only as it would be written again.

/** Tries of a counted entry: those left, and those that systemd-boot has begun since the last blessing. */
export type Tries = {
  readonly left: number;
  readonly done: number;
  /** The name has "-0" where RayOS writes nothing. systemd-boot starts it all the same. */
  readonly isZeroWritten?: true;
};

export type BootEntry = {
  readonly kind: 'system' | 'recovery';
  readonly version: string;
  /** Missing on an entry that is not counted: it is always good to systemd-boot. */
  readonly tries?: Tries;
};

/** Tries that a new version gets, and a golden one again. */
export const fullTries: Tries = { left: 3, done: 0 };

/** systemd-boot takes more for no counter (INT_MAX); more digits than these are nobody's count. */
const mostTries = 999_999;
const form =
  /^(rayos|rayos-recovery)_([0-9A-Za-z][0-9A-Za-z.~^-]{0,63})(?:\+(0|[1-9]\d{0,5})(?:-(0|[1-9]\d{0,5}))?)?\.efi$/;

/** The entry that a file name stands for; undefined if RayOS would not have named a file so. */
export function parseEntryName(file: string): BootEntry | undefined {
  const [whole, prefix, version, left, done] = form.exec(file) ?? [];
  if (whole !== file || version === undefined) return undefined;
  if (prefix === 'rayos-recovery')
    return left === undefined ? { kind: 'recovery', version } : undefined;
  if (left === undefined) return { kind: 'system', version };
  const tries = { left: Number(left), done: Number(done ?? 0) };
  return {
    ...{ kind: 'system', version },
    tries: done === '0' ? { ...tries, isZeroWritten: true } : tries,
  };
}

/** The file name of an entry. "-DONE" is left out at 0, unless it was read with it. */
export function entryName({ kind, version, tries }: BootEntry): string {
  const prefix = kind === 'recovery' ? 'rayos-recovery' : 'rayos';
  if (tries === undefined) return `${prefix}_${version}.efi`;
  const done = tries.done === 0 && !tries.isZeroWritten ? '' : `-${tries.done}`;
  return `${prefix}_${version}+${tries.left}${done}.efi`;
}

/** The name of an entry's file that is not to be started, and not to be removed either. */
export function setAsideName(file: string, number: number): string {
  return `${file}.set-aside-${number}`;
}

/** Whether a file was an entry that RayOS has set aside. */
export function isSetAside(file: string): boolean {
  const [end = ''] = /\.set-aside-[1-9]\d{0,5}$/.exec(file) ?? [];
  return end !== '' && parseEntryName(file.slice(0, -end.length)) !== undefined;
}

/** The tries after systemd-boot has started an entry: it renames the file before it loads it. */
export function afterStart({ left, done }: Tries): Tries {
  return { left: Math.max(0, left - 1), done: Math.min(mostTries, done + 1) };
}
