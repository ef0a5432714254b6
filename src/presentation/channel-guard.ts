// Between a child's channel and Node, which trusts a child: a line that is no JSON, an acknowledgement that
// nothing waits for, or a line without an end would end rayosd or fill its memory (Node 26.10,
// lib/internal/child_process.js). A framer may be in a guest's hands, so what it writes is looked at first.

import type { ChildProcess } from 'node:child_process';

/** Of a child's channel, what Node does not document. */
type Handle = {
  onread: (bytes: ArrayBuffer | undefined) => void;
  pendingHandle: { close(): void } | null;
};
type Inner = (message: { readonly cmd?: unknown }, handle: unknown) => void;

const newline = 0x0a;
const answers: readonly unknown[] = ['NODE_HANDLE_ACK', 'NODE_HANDLE_NACK'];

/** Why bytes that came may not be read, in words; `lineBytes` are those of the line that is not complete yet. */
export type ByteCheck = (count: number, lineBytes: number) => string | undefined;

/**
 * Calls `onFault`, once, when the child says what would harm Node, or what `check` finds to be too much;
 * nothing of it is read after that.
 */
export function guardChannel(
  child: ChildProcess,
  check: ByteCheck,
  onFault: (fault: string) => void,
): void {
  let isBroken = false;
  const fail = (fault: string) => {
    if (isBroken) return;
    isBroken = true;
    onFault(fault);
  };
  const handle = handleOf(child);
  const read = handle.onread;
  let lineBytes = 0;
  handle.onread = function (this: Handle, bytes) {
    const stray = this.pendingHandle;
    if (stray != null) {
      stray.close();
      this.pendingHandle = null;
      fail('it sent a descriptor');
    }
    lineBytes = bytes === undefined ? 0 : restOfLine(bytes, lineBytes);
    const fault = isBroken ? undefined : check(bytes?.byteLength ?? 0, lineBytes);
    if (fault !== undefined) fail(fault);
    // The end of the channel is Node's in any case.
    if (isBroken && bytes !== undefined) return;
    try {
      read.call(this, bytes);
    } catch {
      fail('it sent what is no message');
    }
  };
  const inner = child.listeners('internalMessage') as Inner[];
  child.removeAllListeners('internalMessage');
  child.on('internalMessage', (message: { readonly cmd?: unknown }, given: unknown) => {
    if (isBroken) return;
    try {
      if (!answers.includes(message.cmd)) throw new TypeError('only rayosd sends sockets');
      for (const listener of inner) listener.call(child, message, given);
    } catch {
      fail("it sent one of Node's own messages");
    }
  });
}

/** Bytes of the line that is not complete yet. */
function restOfLine(bytes: ArrayBuffer, before: number): number {
  const last = new Uint8Array(bytes).lastIndexOf(newline);
  return last < 0 ? before + bytes.byteLength : bytes.byteLength - 1 - last;
}

function handleOf(child: ChildProcess): Handle {
  const fields = child as unknown as Readonly<Record<symbol, unknown>>;
  const key = Object.getOwnPropertySymbols(child).find(
    (symbol) => symbol.description === 'kChannelHandle',
  );
  const handle = key === undefined ? undefined : (fields[key] as Partial<Handle> | undefined);
  if (typeof handle?.onread !== 'function') throw new TypeError('this Node has another channel');
  return handle as Handle;
}
