// Server-sent events: the values of `desktop.events`, one JSON object each. A listener that does not read
// holds them up; when too many wait, the command ends. It comes back and gets the newest state.

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

const heartbeatMs = 15_000;

/** Serves events on a response until they end, or the signal. Never throws. */
export async function serveEvents(
  response: ServerResponse,
  events: AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  }, heartbeatMs);
  try {
    await sendAll(response, events, (event) => `data: ${JSON.stringify(event)}\n\n`, signal);
    response.end();
  } catch {
    response.destroy(); // the browser opens it again
  } finally {
    clearInterval(heartbeat);
  }
}

/** Writes each value as soon as the reader has taken those before it. Throws what `values` throws. */
export async function sendAll(
  response: ServerResponse,
  values: AsyncIterable<unknown>,
  format: (value: unknown) => string,
  signal: AbortSignal,
): Promise<void> {
  for await (const value of values) {
    if (signal.aborted) return;
    if (!response.write(format(value)))
      await once(response, 'drain', { signal }).catch(() => undefined);
  }
}
