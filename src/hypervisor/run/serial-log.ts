// Keeps what a guest says on its serial port, bounded: a guest may talk without end. The newest bytes are
// in `logFile`, after what was there, those before them in `logFile`.1; together they have at most 2 x
// `limitBytes`. Who listens hears bytes after they are in the log, so that log and hearing have no gap
// between them. While nobody reads, QEMU drops what the guest says.

import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { RayError } from '../../contracts/index.ts';
import { Emitter, limitRate } from '../../foundation/index.ts';
import { asOutcome } from '../cancelled.ts';
import { connectUnix } from '../ffi/descriptors.ts';

export type SerialLogOptions = {
  /** Default: 1 MiB. */
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
};

/** A guest's serial port, as long as its QEMU runs and we hold it. */
export type SerialPort = AsyncDisposable & {
  /** What the guest says, as it comes. */
  readonly heard: Emitter<Uint8Array>;
  readonly closed: Promise<void>;
  readonly isOpen: boolean;
  /** Sends bytes to the guest. False, and nothing is sent, when it does not read what it was sent before. */
  write(bytes: Uint8Array): boolean;
};

/** What may wait for a guest that does not read its serial port. */
const maxUnreadBytes = 64 * 1024;

/** A guest that writes faster than this waits for us, and we do nothing but this for nobody. */
const bytesPerSecond = 512 * 1024;

/**
 * Drains QEMU's serial socket into `logFile` until it is disposed of, the signal is aborted, or QEMU ends.
 * What cannot be written (a full disk) is lost, and its length is told in the log as soon as there is room;
 * the guest runs on. Throws QEMU_PROTOCOL when nobody listens at the socket.
 */
export async function keepSerialLog(
  socketPath: string,
  logFile: string,
  options: SerialLogOptions = {},
): Promise<SerialPort> {
  if (options.signal?.aborted === true) throw asOutcome(undefined, options.signal);
  const log = new BoundedLog(logFile, options.limitBytes ?? 1024 * 1024);
  const socket = connect(socketPath);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  void closed.then(() => log.close());
  const end = () => socket.destroy();
  options.signal?.addEventListener('abort', end, { once: true });
  void closed.then(() => options.signal?.removeEventListener('abort', end));
  socket.on('error', () => {});
  const heard = new Emitter<Uint8Array>();
  socket.on('data', (bytes: Buffer) => {
    log.write(bytes);
    heard.emit(bytes);
  });
  limitRate(socket, bytesPerSecond);
  return {
    heard,
    closed,
    get isOpen() {
      return !socket.destroyed;
    },
    write(bytes) {
      if (socket.destroyed || socket.writableLength + bytes.length > maxUnreadBytes) return false;
      socket.write(bytes);
      return true;
    },
    async [Symbol.asyncDispose]() {
      end();
      await closed;
    },
  };
}

function connect(path: string): Socket {
  try {
    return new Socket({ fd: connectUnix(path), readable: true, writable: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RayError('QEMU_PROTOCOL', `no serial port at ${path}: ${reason}`, {}, cause);
  }
}

class BoundedLog {
  readonly #path: string;
  readonly #limit: number;
  #fd: number | undefined;
  #length = 0;
  #isClosed = false;
  /** Bytes that could not be written since the last ones that could. */
  #lost = 0;

  constructor(path: string, limit: number) {
    this.#path = path;
    this.#limit = limit;
    this.#open('a');
  }

  /** Never throws. What cannot be written (a full disk) is counted, and the log goes on with that number. */
  write(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    let rest = bytes;
    try {
      if (this.#lost > 0) {
        this.#append(Buffer.from(`\n[RayOS: ${this.#lost} bytes could not be written here]\n`));
        this.#lost = 0;
      }
      while (rest.length > 0) rest = rest.subarray(this.#append(rest));
    } catch {
      this.#lost += rest.length;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#shut();
  }

  /** Writes a part; its length. */
  #append(bytes: Uint8Array): number {
    const open = this.#fd ?? this.#open('a');
    const fd = this.#length >= this.#limit ? this.#turn() : open;
    const written = writeSync(fd, bytes.subarray(0, this.#limit - this.#length));
    if (written === 0) throw new Error('the disk took nothing');
    this.#length += written;
    return written;
  }

  #turn(): number {
    this.#shut();
    renameSync(this.#path, `${this.#path}.1`);
    return this.#open('w');
  }

  #open(flags: 'a' | 'w'): number {
    const fd = openSync(this.#path, flags, 0o600);
    this.#fd = fd;
    this.#length = fstatSync(fd).size;
    return fd;
  }

  #shut(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
