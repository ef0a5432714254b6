// What a test machine consists of, as data.

export type FirmwareKind =
  /** SeaBIOS: the quickest way to a kernel that is given. */
  | 'bios'
  | 'uefi'
  /** With Secure Boot on: the keys of Microsoft are enrolled. */
  | 'uefi-secure'
  /** With Secure Boot in setup mode: no key is enrolled, whoever comes first may enroll theirs. */
  | 'uefi-setup-mode';

export type DiskBus = 'virtio' | 'nvme' | 'usb';

export type DiskOptions = {
  /** Names the block node: letters, digits, `-`; at most 20. */
  readonly name: string;
  readonly bus: DiskBus;
  /** A raw image to begin with. It is never written: the machine writes to an overlay of its own. */
  readonly image?: string;
  /** Size of a blank disk, or of the disk that begins with `image` when that is to be larger. */
  readonly sizeMiB?: number;
  /** Writes and flushes are recorded in their order; see `recording`. */
  readonly isRecorded?: boolean;
};

export type KernelOptions = {
  readonly kernel: string;
  readonly initrd?: string;
  readonly commandLine: string;
};

/** What its processors are. */
export type Arch = 'x86_64' | 'aarch64';

export type MachineOptions = {
  /** Default: `x86_64`. An aarch64 one has its serial console at ttyAMA0, and always emulated processors. */
  readonly arch?: Arch;
  /** Default: `uefi`. */
  readonly firmware?: FirmwareKind;
  /** The firmware tries them in this order. */
  readonly disks?: readonly DiskOptions[];
  /** Started in place of what the disks have. */
  readonly kernel?: KernelOptions;
  /** Default: 1024. */
  readonly memoryMiB?: number;
  /** Default: 2. */
  readonly cpus?: number;
  /** An Intel 6300ESB, which resets the machine when nobody strokes it. */
  readonly watchdog?: boolean;
  /** A graphics card with a screen. Default: yes. */
  readonly hasScreen?: boolean;
  /** A TPM 2.0 of swtpm, which keeps its state while the machine is off. */
  readonly tpm?: boolean;
  /** SMBIOS type 11 strings; `credentials` and its siblings make them. */
  readonly smbiosStrings?: readonly string[];
};
