// A listener as the framer's main thread has it: takes from the board what the thread has put there.

import { closeDescriptor, setSendBuffer, socketPair } from '../../ffi/descriptors.ts';
import type { DisplayConnection } from '../connection.ts';
import { ScanoutLost } from '../lost.ts';
import { createScanout, mapSource, messageSource } from '../scanout.ts';
import type {
  Cursor,
  DisplayListener,
  Idle,
  Pointer,
  Scanout,
  ScanoutPath,
  Taken,
} from '../types.ts';
import { type Board, createBoard, locked, screenKinds, wakeBits, word } from './board.ts';
import {
  isCurrentScreen,
  type TakenScreen,
  takeCursor,
  takePointer,
  takeScreen,
} from './collect.ts';
import { ListenerThread } from './thread-handle.ts';

type Registrar = Pick<DisplayConnection, 'graphicConsole' | 'registerListener'>;

/**
 * A QEMU without shared memory sends a whole picture for each change. With the usual 208 KiB it waits for our
 * thread some forty times for each.
 */
const pictureBytes = 4 << 20;

/** A listener whose thread runs, and which no QEMU knows yet. Good for one `listen`. */
export type PreparedListener = AsyncDisposable & {
  /** Listens to a console: the first graphic one unless said otherwise. It then belongs to the caller. */
  listen(connection: Registrar, console?: number): Promise<DisplayListener>;
};

/**
 * Starts a listener's thread, which loads its code: nothing is loaded later, and nothing of a guest is needed
 * before. QEMU authenticates on the socket in its main loop: the thread has answered all of that before
 * QEMU hears of the socket.
 */
export async function prepareListener(): Promise<PreparedListener> {
  const [ours, theirs] = socketPair();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => closeDescriptor(theirs));
  setSendBuffer(theirs, pictureBytes);
  const listener = stack.use(new BoardListener(ours));
  await listener.thread.ready;
  const prepared = stack.move();
  return {
    async listen(connection, console) {
      await using own = prepared.move();
      await connection.registerListener(console ?? connection.graphicConsole(), theirs);
      own.move();
      closeDescriptor(theirs);
      return listener;
    },
    [Symbol.asyncDispose]: () => prepared.disposeAsync(),
  };
}

/** Listens to a console (the first graphic one unless said otherwise). */
export async function listen(connection: Registrar, console?: number): Promise<DisplayListener> {
  const prepared = await prepareListener();
  return await prepared.listen(connection, console);
}

class BoardListener implements DisplayListener {
  readonly thread: ListenerThread;
  readonly closed: Promise<string>;
  readonly #board: Board = createBoard();
  #screen = 0;
  #path: ScanoutPath = 'none';
  /** Of the map scanout that was taken last; -1 when there is none. */
  #fd = -1;
  #cursor = 0;
  #pointer = 0;
  #isTold = false;
  #onChange: () => void = () => {};
  #onCursor: (cursor: Cursor) => void = () => {};
  #onPointer: (pointer: Pointer) => void = () => {};

  constructor(socket: number) {
    const program = new URL('./thread.ts', import.meta.url);
    this.thread = new ListenerThread(program, socket, this.#board, () => this.#look());
    this.closed = this.thread.closed.then((reason) => {
      this.#release();
      return reason;
    });
  }

  get path(): ScanoutPath {
    return this.#path;
  }

  take(): Taken | undefined {
    const { words } = this.#board;
    if ((Atomics.and(words, word.wake, ~wakeBits.screen) & wakeBits.screen) === 0) return undefined;
    this.#isTold = false;
    const screen = takeScreen(this.#board);
    const replaced = screen.number === this.#screen ? {} : this.#replace(screen);
    if (screen.damage.isEmpty) return { ...replaced, damagedAt: 0 };
    return { ...replaced, damage: screen.damage, damagedAt: screen.damagedAt };
  }

  onChange(callback: () => void): void {
    this.#onChange = callback;
    this.#isTold = false;
    queueMicrotask(() => this.#look());
  }

  onCursor(callback: (cursor: Cursor) => void): void {
    this.#onCursor = callback;
    this.#cursor = 0;
    queueMicrotask(() => this.#lookAtPointer());
  }

  onPointer(callback: (pointer: Pointer) => void): void {
    this.#onPointer = callback;
    this.#pointer = 0;
    queueMicrotask(() => this.#lookAtPointer());
  }

  #isWaiting(): boolean {
    return (Atomics.load(this.#board.words, word.wake) & wakeBits.screen) !== 0;
  }

  #look(): void {
    this.#lookAtPointer();
    if (this.#isTold || !this.#isWaiting()) return;
    this.#isTold = true;
    this.#onChange();
  }

  #lookAtPointer(): void {
    Atomics.and(this.#board.words, word.wake, ~wakeBits.pointer);
    const cursor = takeCursor(this.#board, this.#cursor);
    if (cursor !== undefined) {
      this.#cursor = cursor.number;
      this.#onCursor(cursor.cursor);
    }
    const pointer = takePointer(this.#board, this.#pointer);
    if (pointer !== undefined) {
      this.#pointer = pointer.number;
      this.#onPointer(pointer.pointer);
    }
  }

  #replace(screen: TakenScreen): { scanout: Scanout } | { idle: Idle } {
    this.#release();
    this.#screen = screen.number;
    const { kind, geometry, reason: detail } = screen;
    if (kind === screenKinds.map) {
      this.#fd = screen.fd;
      const fd = () => {
        if (this.#screen === screen.number && this.#fd >= 0) return this.#fd;
        throw new ScanoutLost('the guest has switched its screen');
      };
      this.#path = 'map';
      return { scanout: createScanout(geometry, mapSource(fd)) };
    }
    if (kind === screenKinds.message) {
      const isCurrent = () => isCurrentScreen(this.#board, screen.number);
      this.#path = 'message';
      const steady = <T>(work: () => T) => locked(this.#board, work, word.pixelLock);
      const source = messageSource(this.#board.pixels, isCurrent, steady);
      return { scanout: createScanout(geometry, source) };
    }
    return { idle: { reason: kind === screenKinds.refused ? 'refused' : 'no-scanout', detail } };
  }

  /** Closes the memory of the scanout that was taken last. */
  #release(): void {
    if (this.#fd >= 0) closeDescriptor(this.#fd);
    this.#fd = -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.thread[Symbol.asyncDispose]();
    const { fd } = takeScreen(this.#board);
    if (fd >= 0) closeDescriptor(fd);
    this.#release();
  }
}
