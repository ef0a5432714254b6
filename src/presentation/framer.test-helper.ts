// For tests, a program in the framer's place: what it does is the name of its guest. Its channel is node's.

import { randomFillSync } from 'node:crypto';
import { writeSync } from 'node:fs';
import { Damage } from '../hypervisor/display/index.ts';
import { type FromFramer, isToFramer, type ToFramer } from './framer/protocol.ts';
import { Session } from './framer/session.ts';

const ipcFd = 3;
const tell = (message: FromFramer, told?: () => void) =>
  void process.send?.(message, () => told?.());
const scanout = { type: 'scanout', head: 0, width: 640, height: 480, path: 'map' } as const;
let obey = (_message: ToFramer): void => {};

/** A guest whose screen is noise, which no PNG makes smaller, and a session that shows it. */
function showNoise(width: number, height: number): void {
  const nothing = async () => {};
  const noise = {
    width,
    height,
    path: 'map' as const,
    format: 'x8r8g8b8',
    readRows: (_y: number, rows: number, into: Uint8Array) =>
      void randomFillSync(into, 0, rows * width * 4),
    steady: <T>(work: () => T) => work(),
  };
  let isTaken = false;
  const take = () => {
    if (isTaken) return undefined;
    isTaken = true;
    return { scanout: noise, damage: Damage.all(width, height), damagedAt: 1 };
  };
  const session = new Session({
    guest: 'noise',
    tell,
    connection: {
      keyboardAt: () => ({ press: nothing, release: nothing, modifiers: async () => unused() }),
      mouseAt: () => ({
        press: nothing,
        release: nothing,
        setAbsPosition: nothing,
        relMotion: nothing,
        isAbsolute: async () => true,
      }),
      setUIInfo: nothing,
      onLights: () => {},
    },
  });
  session.addHead(0, {
    path: 'map',
    take,
    onChange: () => {},
    onCursor: () => {},
    onPointer: () => {},
    closed: new Promise(() => {}),
    [Symbol.asyncDispose]: nothing,
  });
  obey = (message) => session.obey(message, undefined);
}

/** The channel is not blocking: rayosd reads while this waits. */
function writeAll(text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(ipcFd, rest));
    } catch {
      // Full at this moment.
    }
  }
}

const unused = (): never => {
  throw new Error('not in this test');
};

const acts: Readonly<Record<string, () => void>> = {
  /** Has a picture when it is given input. */
  patient() {
    obey = (message) => {
      if (message.type !== 'input') return;
      tell(scanout);
      tell({ type: 'frame', head: 0, framesRead: 1 });
      tell({ type: 'input-done', id: message.id, events: 0 });
    };
  },
  flood() {
    for (let i = 1; i <= 5000; i++) tell({ ...scanout, width: i });
  },
  viewers() {
    tell({ type: 'viewer-joined', viewer: 'v1' });
  },
  garbage: () => void writeSync(ipcFd, 'no message\n'),
  acknowledge: () => void writeSync(ipcFd, '{"cmd":"NODE_HANDLE_ACK"}\n'),
  socket: () => void writeSync(ipcFd, '{"cmd":"NODE_HANDLE","type":"x"}\n'),
  endless() {
    const piece = Buffer.alloc(1 << 16, 'a');
    const write = () => {
      try {
        writeSync(ipcFd, piece);
      } catch {
        // Full at this moment.
      }
      setImmediate(write);
    };
    write();
  },
  /** Messages of the protocol, few and long: what is costly in them is to read them. */
  bytes() {
    for (let i = 0; i < 60; i++) writeAll(`${' '.repeat(60_000)}{"type":"pong","id":1}\n`);
  },
  picture: () => tell({ type: 'screenshot-part', id: 1, png: 'AAAA' }),
  /** One message that is no answer, as long as a part of a picture. */
  long: () => writeAll(`{"type":"${'x'.repeat(300_000)}"}\n`),
  noise: () => showNoise(3840, 2160),
  'much-noise': () => showNoise(7680, 4320),
};

process.on('disconnect', () => process.exit(0));
process.on('message', (message: unknown) => {
  if (!isToFramer(message)) return;
  if (message.type === 'hide') process.exit(0);
  if (message.type === 'show') acts[message.guest]?.();
  else obey(message);
});
