// The worker of one RayOS window: socket in, pixels out. The page's main thread, however busy, delays
// neither a frame nor its acknowledgement.

import {
  type FramerMessage,
  messageKind,
  messageKinds,
  readCursor,
  readFrame,
} from '../../../src/contracts/index.ts';
import { InputQueue } from './coalesce.ts';
import type { FromWorker, Question, ToWorker } from './messages.ts';
import { Meter } from './meter.ts';
import { Painter } from './painter.ts';
import { ViewerSocket } from './socket.ts';

/** The half of the worker's global scope that is used; the page's types lack it. */
const page = self as unknown as Pick<Worker, 'postMessage' | 'addEventListener'>;
const tell = (message: FromWorker): void => page.postMessage(message);

/** An unseen page acknowledges a frame this late, so that it is sent about one a second. */
const unseenDelayMs = 1000;

let painter: Painter | undefined;
let socket: ViewerSocket | undefined;
let visible = true;
let unacknowledged: number[] = [];

const meter = new Meter((stats) => tell({ type: 'stats', stats }));
const input = new InputQueue((message) => socket?.send(message));

page.addEventListener('message', (event) => {
  const message = (event as MessageEvent<ToWorker>).data;
  switch (message.type) {
    case 'open':
      visible = message.visible;
      painter = new Painter(message.canvas);
      open(message.address, message.name);
      break;
    case 'input':
      input.push(message.message);
      break;
    case 'visible':
      visible = message.visible;
      if (visible) acknowledge();
      break;
    case 'resume':
      socket?.resume();
      break;
    case 'question':
      answer(message.id, message.question);
      break;
  }
});

function open(address: string, name: string): void {
  socket = new ViewerSocket(address, {
    state: (state) => {
      // Credit belongs to a connection: nothing is owed to the next one.
      if (state !== 'open') unacknowledged = [];
      meter.reconnected(socket?.reconnects ?? 0);
      if (state === 'open')
        socket?.send({ type: 'hello', encodings: ['raw', 'solid'], quality: 'auto', name });
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
  if (kind !== messageKinds.frame) return;
  const began = performance.now();
  const { header, tiles } = readFrame(message);
  try {
    painter?.paint(header, tiles);
  } finally {
    // Acknowledged even if it could not be painted: a lost credit would stop the picture for good.
    unacknowledged.push(header.frame);
    if (visible) acknowledge();
    else setTimeout(acknowledge, unseenDelayMs);
  }
  meter.drawn(header, message.byteLength, began, performance.now());
}

function acknowledge(): void {
  const frames = unacknowledged;
  unacknowledged = [];
  for (const frame of frames) socket?.send({ type: 'drawn', frame });
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
