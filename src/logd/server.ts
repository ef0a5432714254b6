// logd's socket: who may connect is said by its group; what is sent is bounded and read strictly, and a
// connection that breaks the form is ended. One question after the other, each answered when it is done.

import { createServer, type Server, type Socket } from 'node:net';
import { parseMarker } from '../contracts/markers.ts';
import { encodeFrame, FrameSplitter, longestRequest } from './frames.ts';
import { type Answer, parseRequest, type Request } from './messages.ts';
import type { ThisBoot } from './this-boot.ts';

export type ServerParts = {
  readonly boot: Pick<ThisBoot, 'stage' | 'noteCheck' | 'deadline' | 'facts'>;
  readonly console: { print(line: string): void };
};

/** What all of them leave unread fits beside logd in the memory of its unit (128 MiB). */
const mostConnections = 8;
/** What a client may leave unread before it is let go of. */
const mostUnread = 4 * 1024 * 1024;

/** Stated by logd alone, when it is so. */
const own = new Set([
  'BOOT_MARKER:KERNEL',
  'BOOT_MARKER:DECISION',
  'BOOT_MARKER:SUBSYSTEMS',
  'BOOT_MARKER:SHELL',
  'BOOT_MARKER:GOLDEN',
  'BOOT_MARKER:BLESSED',
  'BOOT_MARKER:TRY_GIVEN_BACK',
  'BOOT_MARKER:DEADLINE',
  'LOG:MARKERS_DROPPED',
  'LOG:UNRECORDED',
]);

export function makeServer(parts: ServerParts): Server {
  const server = createServer((socket) => serve(socket, parts));
  server.maxConnections = mostConnections;
  return server;
}

function serve(socket: Socket, parts: ServerParts): void {
  const frames = new FrameSplitter(longestRequest);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    try {
      for (const message of frames.push(Buffer.from(bytes))) {
        const request = parseRequest(message);
        if (request === undefined) throw new Error('no request');
        const answer = answerTo(request, parts);
        if (answer !== undefined) socket.write(encodeFrame(answer));
        // After each answer: one packet can hold a thousand questions, each with an answer of a megabyte.
        if (socket.writableLength > mostUnread) throw new Error('answers are not read');
      }
    } catch {
      socket.destroy();
    }
  });
}

function answerTo(request: Request, { boot, console }: ServerParts): Answer | undefined {
  if (request.kind === 'marker') {
    const marker = parseMarker(request.line);
    if (marker === undefined || own.has(marker.name)) return undefined;
    const { check, state } = marker.arguments;
    if (marker.name === 'BOOT_MARKER:CHECK') boot.noteCheck(check ?? '', state ?? '');
    console.print(request.line.trim());
    return undefined;
  }
  const { id } = request;
  try {
    switch (request.kind) {
      case 'stage':
        return { id, ok: true, log: boot.stage(request) };
      case 'deadline':
        return { id, ok: true, log: boot.deadline(request.reason) };
      case 'facts':
        return { id, ok: true, facts: boot.facts(request.withRecords) };
    }
  } catch (thrown) {
    return { id, ok: false, message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
