// Server-sent events: the whole state when it changes (at most 20 times a second), markers as they
// happen. A listener that does not read is cut off; it comes back and gets the newest state.

import type { ServerResponse } from 'node:http';
import type { DesktopEvent } from '../contracts/index.ts';
import type { Emitter } from '../foundation/index.ts';
import type { Recorder } from '../log/index.ts';

export type StateSource = {
  readonly changed: Emitter<void>;
  state(): Extract<DesktopEvent, { type: 'state' }>;
};

const maxQueuedBytes = 1024 * 1024;
const stateEveryMs = 50;
const heartbeatMs = 15_000;

/** Serves events on a response until either side ends it. */
export function serveEvents(
  response: ServerResponse,
  source: StateSource,
  recorder: Recorder,
): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  let pending: NodeJS.Timeout | undefined;
  const send = (event: DesktopEvent) => {
    if (response.writableLength > maxQueuedBytes) return response.destroy();
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  const sendState = () => {
    pending = undefined;
    send(source.state());
  };
  const stopState = source.changed.on(() => {
    pending ??= setTimeout(sendState, stateEveryMs);
  });
  const stopMarkers = recorder.marked.on((marker) => send({ type: 'marker', marker }));
  const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
  response.on('close', () => {
    clearTimeout(pending);
    clearInterval(heartbeat);
    stopState();
    stopMarkers();
  });
  sendState();
}
