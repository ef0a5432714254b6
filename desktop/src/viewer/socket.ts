// The viewer's socket: opened again after every loss, at once first and then at most once a second,
// because a framer that was killed is back in that time. The framer's word `hidden` ends it.

import { protocolName, type ViewerMessage } from '../../../src/contracts/index.ts';
import { delayBefore, viewerBackoff } from '../events/backoff.ts';
import type { ConnectionState } from './messages.ts';

/** Close code of a surface that was hidden on purpose. */
const closedHidden = 4001;

type Handlers = {
  readonly state: (state: ConnectionState) => void;
  readonly binary: (message: ArrayBuffer) => void;
  readonly text: (message: string) => void;
};

export class ViewerSocket {
  readonly #address: string;
  readonly #handlers: Handlers;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #hidden = false;
  #ended = false;
  readonly #network = new AbortController();
  reconnects = 0;

  constructor(address: string, handlers: Handlers) {
    this.#address = address;
    this.#handlers = handlers;
    // The network is back: nobody waits for the next try.
    globalThis.addEventListener('online', () => this.#retry(), { signal: this.#network.signal });
    this.#connect();
  }

  /** Sends if the socket is open. Input typed into a lost connection is dropped, never replayed late. */
  send(message: ViewerMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** The surface was taken away: the close that follows is no loss. */
  hidden(): void {
    this.#hidden = true;
  }

  /** Ends it for good. */
  close(): void {
    this.#ended = true;
    this.#network.abort();
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  /** Connects now instead of after the wait, also if the surface had been hidden. */
  resume(): void {
    this.#hidden = false;
    this.#retry();
  }

  #retry(): void {
    this.#attempt = 0;
    if (this.#socket || this.#hidden || this.#ended) return;
    clearTimeout(this.#timer);
    this.#again();
  }

  #connect(): void {
    this.#handlers.state('connecting');
    const socket = new WebSocket(this.#address, protocolName);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.addEventListener('open', () => this.#handlers.state('open'));
    socket.addEventListener('message', ({ data }) => {
      // A message proves a framer; an accepted socket that closes at once proves nothing.
      this.#attempt = 0;
      if (typeof data === 'string') this.#handlers.text(data);
      else this.#handlers.binary(data as ArrayBuffer);
    });
    socket.addEventListener('close', ({ code }) => this.#closed(code));
  }

  #closed(code: number): void {
    this.#socket = undefined;
    if (this.#ended) return;
    if (code === closedHidden) this.#hidden = true;
    if (this.#hidden) {
      this.#handlers.state('hidden');
      return;
    }
    this.#handlers.state('waiting');
    this.#timer = setTimeout(() => this.#again(), delayBefore(this.#attempt++, viewerBackoff));
  }

  #again(): void {
    this.reconnects++;
    this.#connect();
  }
}
