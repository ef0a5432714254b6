// For tests, display channels with a hostile QEMU behind each (src/hypervisor/display/listener/hostile-qemu.ts).

import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { socketPair } from '../hypervisor/index.ts';

const thread = new URL('../hypervisor/display/listener/hostile-qemu.ts', import.meta.url);

export class HostileQemu implements AsyncDisposable {
  readonly #workers: Worker[] = [];
  readonly #screens: number;

  /** With more screens than one, it refuses a listener of the others. */
  constructor(screens = 1) {
    this.#screens = screens;
  }

  /** The end of a display channel that is a framer's, with another such QEMU behind it. */
  async openChannel(): Promise<number> {
    const [ours, theirs] = socketPair();
    const worker = new Worker(thread, {
      workerData: { control: theirs, screens: this.#screens },
    });
    worker.on('error', () => {}); // the framer has gone, in the middle of an act
    this.#workers.push(worker);
    return ours;
  }

  /** Does something, on the newest channel; resolves when it was sent, or cannot be any more. */
  async act(name: string): Promise<void> {
    const worker = this.#workers.at(-1);
    if (worker === undefined) throw new Error('it has no framer yet');
    const done = new Promise<void>((resolve) => {
      worker.once('message', () => resolve());
      worker.once('exit', () => resolve());
    });
    worker.postMessage(name);
    await done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** Most memory that a process has had, in MiB. */
export function peakMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}
