// The stream of events from the daemon. It is opened again after every loss; each opening begins with
// the full state, so nothing needs to be remembered across a gap.

import { type Accessor, createSignal } from 'solid-js';
import type { DesktopEvent } from '../../../src/contracts/index.ts';
import { getSession } from '../api/client.ts';
import { daemonBackoff, delayBefore } from './backoff.ts';

export type LinkStatus = 'connecting' | 'live' | 'lost';

export type Link = Disposable & {
  readonly status: Accessor<LinkStatus>;
  /** Tries now instead of after the wait. */
  readonly retry: () => void;
};

type Handlers = {
  readonly event: (event: DesktopEvent) => void;
  readonly signedOut: () => void;
};

export function openLink(handlers: Handlers): Link {
  const [status, setStatus] = createSignal<LinkStatus>('connecting');
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let closed = false;

  const connect = () => {
    clearTimeout(timer);
    source?.close();
    const opened = new EventSource('/api/events');
    source = opened;
    opened.addEventListener('message', ({ data }: MessageEvent<string>) => {
      attempt = 0;
      setStatus('live');
      handlers.event(JSON.parse(data) as DesktopEvent);
    });
    // EventSource would wait seconds and tell no status: this link has its own clock, and asks why.
    opened.addEventListener('error', () => {
      opened.close();
      if (source === opened) void lost();
    });
  };
  const lost = async () => {
    source = undefined;
    setStatus('lost');
    const wait = delayBefore(attempt++, daemonBackoff);
    const session = await getSession();
    if (closed || source) return;
    if (session.state === 'out') handlers.signedOut();
    else timer = setTimeout(connect, wait);
  };
  const retry = () => {
    if (closed || status() === 'live') return;
    attempt = 0;
    connect();
  };

  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener('online', retry, { signal });
  document.addEventListener('visibilitychange', () => document.hidden || retry(), { signal });
  connect();
  return {
    status,
    retry,
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
      source?.close();
      listening.abort();
    },
  };
}
