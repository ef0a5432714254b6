// For tests, a QEMU in a guest's hands: a thread that speaks with a real framer over a real socket as QEMU's
// display does, with memory that it can change under the framer, and does what a real one would never do. Its
// data is the socket; a message names an act below, and is answered when that was done.

import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { encodeMessage, type Incoming, readBody } from '../../dbus/message.ts';
import { MessageStream } from '../../dbus/stream.ts';
import type { Value } from '../../dbus/value.ts';
import { closeDescriptor } from '../../ffi/descriptors.ts';
import { Receiver } from '../../ffi/receive.ts';
import { sendBlocking } from '../../ffi/send.ts';
import { FakeQemu } from './fake-qemu.ts';

const x8r8g8b8 = 0x20020888;
const size = { width: 320, height: 200 };
const scanoutMap = 'huuuuu';
let memory = -1;
let qemu: FakeQemu;

/** Memory as QEMU passes it, of one colour. */
function newMemory(bytes: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-hostile-'));
  const fd = openSync(join(folder, 'memory'), 'w+');
  rmSync(folder, { recursive: true });
  writeSync(fd, Buffer.alloc(bytes, 0x40));
  return fd;
}

async function show(width = size.width, height = size.height): Promise<void> {
  if (memory >= 0) closeSync(memory);
  memory = newMemory(width * height * 4);
  const body = [0, 0, width, height, width * 4, x8r8g8b8];
  await qemu.call('ScanoutMap', scanoutMap, body, [memory]);
}

const update = () => qemu.call('UpdateMap', 'iiii', [0, 0, size.width, size.height]);

const head = { path: '/org/qemu/Display1/Listener', interface: 'org.qemu.Display1.Listener' };

/** Sends a call that wants no answer as fast as the framer takes it. */
async function flood(
  member: string,
  signature: string,
  body: readonly Value[],
  count: number,
): Promise<void> {
  const call = {
    ...head,
    type: 'call',
    serial: 1,
    noReply: true,
    member,
    signature,
    body,
  } as const;
  const one = encodeMessage(call);
  const many = Math.max(1, Math.floor(60_000 / one.length));
  const batch = Buffer.concat(Array.from({ length: many }, () => one));
  for (let sent = 0; sent < count; sent += many) await qemu.raw(batch);
}

const acts = {
  show,
  /** The memory goes away under the framer, and it is told to read it. */
  async truncate() {
    ftruncateSync(memory, 0);
    await update();
  },
  /** It comes and goes while the framer reads. */
  async flicker() {
    for (let i = 0; i < 300; i++) {
      ftruncateSync(memory, i % 2 === 0 ? 100 : size.width * size.height * 4);
      await update();
    }
  },
  /** Sizes, strides, offsets and formats beyond all that there is; each with real memory. */
  async ranges() {
    const most = 0xffffffff;
    const numbers = [0, 1, 2, 320, 16_384, 16_385, 65_536, 2 ** 31 - 1, 2 ** 31, most];
    const fd = newMemory(4096);
    for (const odd of numbers)
      for (const body of [
        [0, odd, 320, 200, 1280, x8r8g8b8],
        [0, 0, odd, 200, 1280, x8r8g8b8],
        [0, 0, 320, odd, 1280, x8r8g8b8],
        [0, 0, 320, 200, odd, x8r8g8b8],
        [0, 0, 320, 200, 1280, odd],
        [0, odd, odd, odd, odd, x8r8g8b8],
        [0, most, 1, 1, odd, x8r8g8b8],
      ])
        await qemu.call('ScanoutMap', scanoutMap, body, [fd]);
    for (const odd of numbers) {
      const pixels = new Uint8Array(64);
      await qemu.call('Scanout', 'uuuuay', [odd, odd, odd, x8r8g8b8, pixels]);
      await qemu.call('UpdateMap', 'iiii', [odd | 0, odd | 0, odd | 0, odd | 0]);
      await qemu.call('Update', 'iiiiuuay', [odd | 0, 0, odd | 0, 1, odd, x8r8g8b8, pixels]);
    }
    closeSync(fd);
  },
  /** Another mode as often as it can, each with memory of its own. */
  async modes() {
    for (let i = 0; i < 2000; i++) {
      const width = 100 + (i % 200);
      const fd = newMemory(width * 100 * 4);
      const body = [0, 0, width, 100, width * 4, x8r8g8b8];
      await qemu.call('ScanoutMap', scanoutMap, body, [fd]);
      closeSync(fd);
    }
  },
  damage: () => flood('UpdateMap', 'iiii', [0, 0, 320, 200], 200_000),
  pointer: () => flood('MouseSet', 'iii', [1, 1, 1], 200_000),
  unknown: () => flood('Nonsense', '', [], 200_000),
  async cursors() {
    await flood('CursorDefine', 'iiiiay', [128, 128, 0, 0, new Uint8Array(65_536)], 2000);
  },
  /** A pointer far outside of its own shape. */
  async hotspots() {
    const numbers = [-(2 ** 31), -32_769, -1, 1, 32_768, 65_536, 2 ** 31 - 1];
    for (const odd of numbers) {
      await qemu.call('CursorDefine', 'iiiiay', [1, 1, odd, 0, new Uint8Array(4)]);
      await qemu.call('CursorDefine', 'iiiiay', [1, 1, 0, odd, new Uint8Array(4)]);
    }
  },
  /** Messages of the other direction, for questions that nobody asked. */
  async answers() {
    const answer = encodeMessage({ type: 'return', serial: 1, replySerial: 77 });
    const batch = Buffer.concat(Array.from({ length: 1000 }, () => answer));
    for (let i = 0; i < 100; i++) await qemu.raw(batch);
  },
  garbage: () => qemu.raw(Buffer.alloc(4096, 0xee)),
  /** A message that has a length and never an end. */
  async endless() {
    const header = Buffer.from(
      encodeMessage({ ...head, type: 'call', serial: 1, member: 'Update' }),
    );
    header.writeUInt32LE(0xfffffff0, 4);
    await qemu.raw(header);
  },
} as const satisfies Record<string, () => Promise<unknown>>;

/** Answers a framer's questions until it registers its listener, whose socket this returns; refuses any other. */
function greet(control: number, screens: number): number {
  const receiver = new Receiver(control, 65_536);
  const stream = new MessageStream({ close: closeDescriptor });
  let text = '';
  let listener = -1;
  sendBlocking(
    control,
    Buffer.from('DATA\r\nOK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n'),
  );
  for (let asked = 0; asked < screens; ) {
    const { bytes, fds } = receiver.receive();
    if (bytes.length === 0) throw new Error('the framer has gone');
    let rest = bytes;
    if (!text.endsWith('BEGIN\r\n')) {
      const now = Buffer.from(bytes).toString('latin1');
      const end = now.indexOf('BEGIN\r\n') + 'BEGIN\r\n'.length;
      text += now.slice(0, end);
      rest = bytes.subarray(end);
    }
    stream.push(rest, fds, (message, own) => {
      const [given] = own;
      const isListener = message.member === 'RegisterListener' && given !== undefined;
      const isFurther = isListener && asked > 0;
      if (isListener) asked++;
      if (isFurther) closeDescriptor(given);
      else if (isListener) listener = given;
      sendBlocking(
        control,
        encodeMessage(isFurther ? refusal(message) : replyTo(message, screens)),
      );
    });
  }
  return listener;
}

function refusal({ serial }: Incoming) {
  return { type: 'error', serial: 1, replySerial: serial, errorName: 'org.rayos.No' } as const;
}

function replyTo(message: Incoming, screens: number) {
  const reply = { type: 'return', serial: 1, replySerial: message.serial } as const;
  if (message.member !== 'GetAll') return reply;
  const isVm = readBody(message, 's')[0] === 'org.qemu.Display1.VM';
  const text = (value: string): Value => ({ signature: 's', value });
  const properties = new Map<Value, Value>(
    isVm
      ? [['ConsoleIDs', { signature: 'au', value: [...Array(screens).keys()] }]]
      : [
          ['Label', text('VGA')],
          ['Type', text('Graphic')],
        ],
  );
  return { ...reply, signature: 'a{sv}', body: [properties] };
}

type Data = { readonly control: number; readonly screens: number };
const { control, screens } = workerData as Data;
qemu = new FakeQemu(greet(control, screens));
await show();
parentPort?.on('message', (name: keyof typeof acts) => {
  const gone = qemu.closed.then(() => undefined);
  const done = (acts[name] as () => Promise<unknown>)().catch(() => undefined);
  void Promise.race([done, gone]).then(() => parentPort?.postMessage('done'));
});
