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
  | { readonly kind: 'firmware' };

/** The devices that a machine may have; there is no network among them. */
export type Device =
  /** The guest's screen, for guests that bring a virtio-gpu driver. */
  | { readonly kind: 'virtio-gpu' }
  /** The same with VGA, which a BIOS and its boot loaders need to be seen. */
  | { readonly kind: 'virtio-vga' }
  | { readonly kind: 'virtio-keyboard' }
  | { readonly kind: 'virtio-tablet' }
  /** A port that the guest sees as /dev/virtio-ports/<name>; QEMU listens on `socketPath`. */
  | { readonly kind: 'virtio-serial-port'; readonly name: string; readonly socketPath: string }
  | { readonly kind: 'virtio-rng' }
  | {
      readonly kind: 'virtio-disk';
      readonly path: string;
      readonly format: 'raw' | 'qcow2';
      readonly readOnly: boolean;
    };

export type DeviceKind = Device['kind'];

export type MachineConfig = {
  readonly name: string;
  readonly uuid: string;
  readonly accelerator: 'kvm' | 'tcg';
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Pinned, so that a saved state can be loaded later. Default: pc-q35-7.2. */
  readonly machineType?: string;
  /** Default: max, that is, all that the accelerator can give. */
  readonly cpuModel?: string;
  readonly boot: Boot;
  readonly display: { readonly width: number; readonly height: number; readonly heads: 1 };
  readonly devices: readonly Device[];
  /** QEMU listens there for QMP; at most 107 bytes, in a folder that the guest's user may write to. */
  readonly qmpSocket: string;
  /**
   * QEMU offers the first serial port there and never waits for a reader: without one the bytes are
   * dropped. Never a plain file, which a guest could fill the disk with; `keepSerialLog` drains it.
   */
  readonly serialSocket?: string;
  readonly sandbox: boolean;
  /** Start with the processors stopped, so that nothing is missed before `RunningQemu.resume()`. */
  readonly startPaused?: boolean;
};
