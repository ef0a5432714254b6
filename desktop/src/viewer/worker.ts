// The worker of one RayOS window: socket in, pixels out. The page's main thread, however busy, delays
// neither a frame nor its acknowledgement.

import {
  type FramerMessage,
  messageKind,
  messageKinds,
  readCursor,
  readFrame,
  soundHeaderBytes,
} from '../../../src/contracts/index.ts';
import { InputQueue } from './coalesce.ts';
import { type Decoded, decodeNow, decodeTiles } from './decode.ts';
import type { FromWorker, Quality, Question, ToWorker } from './messages.ts';
import { Meter } from './meter.ts';
import { Painter } from './painter.ts';
import { ViewerSocket } from './socket.ts';
import { StreamOpener } from './stream.ts';

/** The half of the worker's global scope that is used; the page's types lack it. */
const page = self as unknown as Pick<Worker, 'postMessage' | 'addEventListener'>;
const tell = (message: FromWorker): void => page.postMessage(message);

/** An unseen page acknowledges a frame this late, so that it is sent about one a second. */
const unseenDelayMs = 1000;

let painter: Painter | undefined;
let socket: ViewerSocket | undefined;
let visible = true;
let unacknowledged: { readonly frame: number; readonly busyMs: number }[] = [];
let address = '';
/** Grows with every connection: what came by another one is not painted any more. */
let connection = 0;
let painted: number | undefined;
/** Frames are painted in the order in which they came, though some have to be decoded first. */
let painting: Promise<void> | undefined;
/** The loudspeaker, when the person wants to hear this guest. */
let ear: MessagePort | undefined;

const meter = new Meter((stats) => tell({ type: 'stats', stats }));
const input = new InputQueue((message) => socket?.send(message));

page.addEventListener('message', (event) => {
  const message = (event as MessageEvent<ToWorker>).data;
  switch (message.type) {
    case 'open':
      visible = message.visible;
      painter = new Painter(message.canvas);
      open(message.address, message.name, message.quality);
      break;
    case 'input':
      input.push(message.message);
      break;
    case 'visible':
      visible = message.visible;
      if (visible) acknowledge();
      break;
    case 'hear':
      ear?.close();
      ear = message.port;
      socket?.send({ type: 'sound', on: ear !== undefined });
      break;
    case 'resume':
      socket?.resume();
      break;
    case 'question':
      answer(message.id, message.question);
      break;
  }
});

const stream = new StreamOpener((message) => received(message));

function open(at: string, name: string, quality: Quality): void {
  address = at;
  socket = new ViewerSocket(address, {
    state: (state) => {
      // Credit belongs to a connection: nothing is owed to the next one.
      if (state !== 'open') {
        unacknowledged = [];
        stream.offer(undefined);
        connection++;
        painted = undefined;
        ear?.postMessage({ rate: 0, channels: 0 });
      } else {
        socket?.send({
          type: 'hello',
          encodings: ['raw', 'solid', 'deflate', 'webp'],
          quality,
          name,
        });
        if (ear) socket?.send({ type: 'sound', on: true });
      }
      meter.reconnected(socket?.reconnects ?? 0);
      tell({ type: 'connection', state });
    },
    binary: (message) => {
      try {
        received(message);
      } catch (cause) {
        tell({ type: 'fault', message: cause instanceof Error ? cause.message : String(cause) });
      }
    },
    text: (message) => heard(JSON.parse(message) as FramerMessage),
  });
}

function received(message: ArrayBuffer): void {
  const kind = messageKind(message);
  if (kind === messageKinds.cursor) tell({ type: 'cursor', shape: readCursor(message) });
  if (kind === messageKinds.sound) {
    const pcm = message.slice(soundHeaderBytes);
    ear?.postMessage(pcm, [pcm]);
  }
  if (kind !== messageKinds.frame) return;
  const began = performance.now();
  const from = connection;
  const { header, tiles } = readFrame(message);
  stream.count(message.byteLength);
  const paint = (decoded: Decoded[]): void => {
    if (from !== connection) return;
    // A frame of a stream that was cut may come behind newer ones.
    if (painted === undefined || ((header.frame - painted) | 0) > 0) {
      painted = header.frame;
      painter?.paint(header, decoded);
    }
    meter.drawn(header, message.byteLength, began, performance.now());
  };
  const done = (): void => {
    if (from !== connection) return;
    // Acknowledged even if it could not be painted: a lost credit would stop the picture for good.
    unacknowledged.push({ frame: header.frame, busyMs: performance.now() - began });
    if (visible) acknowledge();
    else setTimeout(acknowledge, unseenDelayMs);
  };
  if (painting === undefined) {
    try {
      const decoded = decodeNow(tiles);
      if (decoded !== undefined) {
        paint(decoded);
        done();
        return;
      }
    } catch (cause) {
      done();
      throw cause;
    }
  }
  const before = painting ?? Promise.resolve();
  const decoding = decodeTiles(tiles);
  decoding.catch(() => {});
  const mine: Promise<void> = before
    .then(async () => paint(await decoding))
    .catch((cause: unknown) => tell({ type: 'fault', message: String(cause) }))
    .then(() => {
      if (painting === mine) painting = undefined;
      done();
    });
  painting = mine;
}

function acknowledge(): void {
  const frames = unacknowledged;
  unacknowledged = [];
  for (const { frame, busyMs } of frames) socket?.send({ type: 'drawn', frame, busyMs });
}

function heard(message: FramerMessage): void {
  switch (message.type) {
    case 'surface':
      painter?.resize(message.width, message.height);
      tell({ type: 'size', width: message.width, height: message.height });
      break;
    case 'hidden':
      socket?.hidden();
      break;
    case 'stream':
      stream.offer(
        `${address.replace(/^ws/, 'http').replace(/viewer$/, 'pixels')}?key=${message.key}`,
      );
      break;
    case 'sound':
      ear?.postMessage({ rate: message.rate, channels: message.channels });
      tell(message);
      break;
    case 'pointer':
    case 'holder':
    case 'locks':
    case 'idle':
      tell(message);
      break;
  }
}

function answer(id: number, question: Question): void {
  if (question.ask === 'probe')
    painter?.probe(question.x, question.y, (value) => tell({ type: 'reply', id, value }));
  else {
    const { x, y, width, height } = question;
    const value = painter?.pixels(x, y, width, height);
    if (value) tell({ type: 'reply', id, value });
  }
}
