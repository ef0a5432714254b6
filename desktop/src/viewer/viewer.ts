// One viewer: the worker of a window, seen from the page.

import type { ViewerMessage } from '../../../src/contracts/index.ts';
import type { FromWorker, Pixels, Quality, Question, ToWorker } from './messages.ts';
import { personName } from './person.ts';

type Reply = Pixels | number;

export class Viewer implements Disposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (value: Reply) => void>();
  #nextId = 1;

  /** Takes the canvas over for good: a canvas can be given to a worker only once. */
  constructor(
    surface: string,
    canvas: HTMLCanvasElement,
    heard: (message: FromWorker) => void,
    quality: Quality = 'auto',
  ) {
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.type !== 'reply') {
        heard(data);
        return;
      }
      this.#waiting.get(data.id)?.(data.value);
      this.#waiting.delete(data.id);
    });
    const offscreen = canvas.transferControlToOffscreen();
    const open: ToWorker = {
      type: 'open',
      address: viewerAddress(surface),
      canvas: offscreen,
      name: personName(),
      quality,
      visible: !document.hidden,
    };
    this.#worker.postMessage(open, [offscreen]);
  }

  send(message: ViewerMessage): void {
    this.#tell({ type: 'input', message });
  }

  visible(visible: boolean): void {
    this.#tell({ type: 'visible', visible });
  }

  /** Where the guest's sound goes; nowhere without a port. */
  hear(port: MessagePort | undefined): void {
    this.#tell({ type: 'hear', port }, port ? [port] : []);
  }

  resume(): void {
    this.#tell({ type: 'resume' });
  }

  /** The canvas's own pixels, RGBA. */
  pixels(x: number, y: number, width: number, height: number): Promise<Pixels> {
    return this.#ask({ ask: 'pixels', x, y, width, height }) as Promise<Pixels>;
  }

  /** When (ms since the epoch) this pixel next changes on the canvas. */
  probe(x: number, y: number): Promise<number> {
    return this.#ask({ ask: 'probe', x, y }) as Promise<number>;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  #ask(question: Question): Promise<Reply> {
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#waiting.set(id, resolve);
    this.#tell({ type: 'question', id, question });
    return promise;
  }

  #tell(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

/** Where a surface's viewers connect. */
export function viewerAddress(surface: string): string {
  const path = `/api/surfaces/${encodeURIComponent(surface)}/viewer`;
  const address = new URL(path, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}
