// What a guest's machine consists of, as data. Paths and names may hold any characters but NUL and
// line breaks; the command line escapes them.

/** How the machine starts: a kernel given by us, or whatever its firmware finds. */
export type Boot =
  | {
      readonly kind: 'kernel';
      readonly kernel: string;
      readonly initrd?: string;
      readonly commandLine: string;
    }
  /** SeaBIOS, QEMU's own. */
  | { readonly kind: 'firmware' }
  /**
   * UEFI (OVMF): code, read-only and raw; and this machine's own copy of its variables, a qcow2, since a
   * writable raw disk would keep the whole machine from being snapshotted.
   */
  | { readonly kind: 'uefi'; readonly code: string; readonly variables: string };

export type DiskFormat = 'raw' | 'qcow2' | 'vmdk' | 'vpc' | 'vhdx';

/** The devices that a machine may have. */
export type Device =
  /** The guest's screens, for guests that bring a virtio-gpu driver. */
  | { readonly kind: 'virtio-gpu' }
  /** The same with VGA, which a BIOS and its boot loaders need to be seen. */
  | { readonly kind: 'virtio-vga' }
  /** Standard VGA, for what has no virtio-gpu driver. */
  | { readonly kind: 'vga' }
  | { readonly kind: 'virtio-keyboard' }
  | { readonly kind: 'virtio-tablet' }
  /** QEMU 8.1 and newer. */
  | { readonly kind: 'virtio-multitouch' }
  /** A USB tablet on its own controller: for guests without virtio-input. Keys reach those by PS/2. */
  | { readonly kind: 'usb-tablet' }
  /** A port that the guest sees as /dev/virtio-ports/<name>; QEMU listens on `socketPath`. */
  | { readonly kind: 'virtio-serial-port'; readonly name: string; readonly socketPath: string }
  | { readonly kind: 'virtio-rng' }
  /**
   * Sound through QEMU's D-Bus: heard by who listens, lost otherwise. An Intel HDA card on every version:
   * all systems know it, and virtio-sound (QEMU 8.2) cannot be migrated, so not suspended either.
   */
  | { readonly kind: 'sound' }
  /** `name` is stable over the life of the guest: it names the block node and what snapshots say. */
  | {
      readonly kind: 'disk';
      readonly name: string;
      readonly bus: 'virtio' | 'sata';
      readonly path: string;
      readonly format: DiskFormat;
      readonly readOnly: boolean;
      /** What is under a qcow2 disk, read-only. The name in the disk itself is never followed. */
      readonly backing?: { readonly path: string; readonly format: 'raw' | 'qcow2' };
      /** Bytes a second each way, if they are limited here. */
      readonly bytesPerSecond?: number;
    }
  /** Without a path the drive is empty. */
  | { readonly kind: 'cdrom'; readonly name: string; readonly path?: string }
  /** QEMU's own network stack. `restrict` closes it to everything but `forwards` (of 127.0.0.1). */
  | {
      readonly kind: 'network-user';
      readonly restrict: boolean;
      readonly forwards: readonly { readonly host: number; readonly guest: number }[];
    }
  /** A card whose other end is a process (passt): a connected descriptor by this name, or a unix socket. */
  | { readonly kind: 'network-socket'; readonly socketPath: string }
  /** A folder of the host over virtio-9p; it has to be read by QEMU's user. */
  | {
      readonly kind: 'folder-9p';
      readonly tag: string;
      readonly path: string;
      readonly readOnly: boolean;
    }
  /** A folder that a virtiofsd serves on a unix socket; makes the machine's memory shared. */
  | { readonly kind: 'folder-virtiofs'; readonly tag: string; readonly socketPath: string };

export type DeviceKind = Device['kind'];

export type MachineConfig = {
  readonly name: string;
  readonly uuid: string;
  readonly accelerator: 'kvm' | 'tcg';
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Pinned, so that a saved state can be loaded later. Default: pc-q35-7.2. */
  readonly machineType?: string;
  /** A model, and features added or left out (`qemu64,+aes`). Default: max, all that the accelerator has. */
  readonly cpuModel?: string;
  readonly boot: Boot;
  readonly display: { readonly width: number; readonly height: number; readonly heads: number };
  readonly devices: readonly Device[];
  /** QEMU listens there for QMP; at most 107 bytes, in a folder that the guest's user may write to. */
  readonly qmpSocket: string;
  /**
   * QEMU offers the first serial port there and never waits for a reader: without one the bytes are
   * dropped. Never a plain file, which a guest could fill the disk with; `keepSerialLog` drains it.
   */
  readonly serialSocket?: string;
  readonly sandbox: boolean;
  /** Wait for a saved state (`-incoming defer`) instead of booting. */
  readonly incoming?: boolean;
  /** Start with the processors stopped, so that nothing is missed before `RunningQemu.resume()`. */
  readonly startPaused?: boolean;
};
