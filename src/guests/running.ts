// One running guest: its QEMU, its agent, its serial log; and what is known of its readiness. It is
// disposed of when its QEMU is gone, or when rayosd lets go of it (QEMU runs on then).

import { closeSync, openSync } from 'node:fs';
import { RayError } from '../contracts/index.ts';
import { Emitter, within } from '../foundation/index.ts';
import {
  attachQemu,
  keepSerialLog,
  launchQemu,
  type MachineConfig,
  type RunningQemu,
} from '../hypervisor/index.ts';
import { Agent } from './agent.ts';
import type { Places } from './places.ts';
import type { GuestProcess } from './registry.ts';

export type Ending = { readonly asked: boolean; readonly words: string };

export class RunningGuest implements AsyncDisposable {
  /** The guest's desktop has said that it can be used. */
  readonly becameReady = new Emitter<number>();
  readonly qemu: RunningQemu;
  readonly #agent: Agent;
  readonly #serial: AsyncDisposable;
  readonly #since: number;
  #readyAfterMs: number | undefined;
  #ready = false;
  #shutDownByGuest = false;

  private constructor(qemu: RunningQemu, agent: Agent, serial: AsyncDisposable, since: number) {
    this.qemu = qemu;
    this.#agent = agent;
    this.#serial = serial;
    this.#since = since;
    agent.heard.on((message) => {
      if (message.type === 'ready' || (message.type === 'state' && message.ready))
        this.#setReady(message.type === 'ready');
      if (message.type === 'stopping') this.#shutDownByGuest = true;
    });
    qemu.qmp.onEvent(({ event, data }) => {
      if (event === 'SHUTDOWN' && data.guest === true) this.#shutDownByGuest = true;
    });
  }

  /** Starts QEMU and everything that listens to it; the guest's processors run when it resolves. */
  static async launch(
    config: MachineConfig,
    places: Places,
    options: {
      readonly binary: string;
      readonly uid: number | undefined;
      readonly signal: AbortSignal;
    },
  ): Promise<RunningGuest> {
    const { binary, uid, signal } = options;
    const logFd = openSync(places.qemuLog, 'w', 0o600);
    const since = performance.now();
    const qemu = await launchQemu(config, {
      binary,
      logFd,
      signal,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    }).finally(() => closeSync(logFd));
    try {
      const guest = await RunningGuest.#connect(qemu, places, since, signal);
      await qemu.resume();
      return guest;
    } catch (thrown) {
      await qemu.kill();
      throw thrown;
    }
  }

  /** Takes charge again of a QEMU that an earlier rayosd started; undefined when it is gone. */
  static async attach(
    process: GuestProcess,
    places: Places,
    signal: AbortSignal,
  ): Promise<RunningGuest | undefined> {
    const qemu = await attachQemu(process.pid, process.startTime, places.qmpSocket, { signal });
    if (!qemu) return undefined;
    const guest = await RunningGuest.#connect(qemu, places, performance.now(), signal);
    guest.#agent.say('hello');
    return guest;
  }

  static async #connect(
    qemu: RunningQemu,
    places: Places,
    since: number,
    signal: AbortSignal,
  ): Promise<RunningGuest> {
    const serial = await keepSerialLog(places.serialSocket, places.serialLog, { signal });
    const agent = await Agent.connect(places.agentSocket, signal);
    return new RunningGuest(qemu, agent, serial, since);
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Milliseconds from QEMU's start to readiness; undefined for a guest that was re-attached to. */
  get readyAfterMs(): number | undefined {
    return this.#readyAfterMs;
  }

  /** Whether the guest ended itself in an orderly way. */
  get shutDownByGuest(): boolean {
    return this.#shutDownByGuest;
  }

  /** Resolves when the guest is ready. Rejects when it dies first, or takes longer than `timeoutMs`. */
  async untilReady(
    timeoutMs: number,
    signal: AbortSignal,
    died: () => RayError,
    slow: () => RayError,
  ): Promise<void> {
    if (this.#ready) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = this.becameReady.on(() => resolve());
    void this.qemu.exited.then(() => reject(died()));
    try {
      await within(promise, timeoutMs, slow, signal);
    } finally {
      stop();
    }
  }

  /** Asks the guest's agent to shut the guest down. */
  askToStop(): void {
    this.#agent.say('shutdown');
  }

  /** Presses the machine's power button. */
  async pressPower(): Promise<void> {
    await this.qemu.qmp.execute('system_powerdown');
  }

  /** True when QEMU has gone within `timeoutMs`. */
  async goneWithin(timeoutMs: number): Promise<boolean> {
    try {
      await within(this.qemu.exited, timeoutMs, () => new RayError('TIMED_OUT', 'still running'));
      return true;
    } catch {
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent[Symbol.dispose]();
    await this.#serial[Symbol.asyncDispose]();
    await this.qemu.qmp[Symbol.asyncDispose]();
  }

  #setReady(isFresh: boolean): void {
    if (this.#ready) return;
    this.#ready = true;
    if (isFresh) this.#readyAfterMs = Math.round(performance.now() - this.#since);
    this.becameReady.emit(this.#readyAfterMs ?? 0);
  }
}
