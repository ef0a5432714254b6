// One running guest: its QEMU, its agent, its serial log; and what is known of its readiness. It is
// disposed of when its QEMU is gone, or when rayosd lets go of it (QEMU runs on then).

import { closeSync } from 'node:fs';
import { RayError } from '../contracts/index.ts';
import { Emitter, Newest, unlessAborted, within } from '../foundation/index.ts';
import {
  attachQemu,
  keepSerialLog,
  type LaunchOptions,
  launchQemu,
  type MachineConfig,
  type RunningQemu,
  type SerialPort,
} from '../hypervisor/index.ts';
import { Agent } from './agent.ts';
import { boundLog, openFreshLog } from './bounded-log.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Places } from './places.ts';
import type { GuestProcess } from './registry.ts';
import { readState } from './saved.ts';
import { ScreenWishes } from './screen-wishes.ts';

/** A QEMU that was there before us and does not answer in this time is left alone, and said to be so. */
const attachTimeoutMs = 5000;

/** What QEMU tells is written down: one in a guest's hands tells as often as it likes. */
const newsEveryMs = 250;

/** Whoever waits for this has been told already what did not work. */
const goOnTimeoutMs = 3000;

const noRoom = 'there is no room for its disk any more: free some, then resume it';

export type Silence = 'QEMU' | 'agent' | 'busy' | undefined;

export class RunningGuest implements AsyncDisposable {
  /** The guest's desktop has said that it can be used; milliseconds, 0 where the start was not seen. */
  readonly becameReady = new Emitter<number>();
  /** A screen has become this large, says the guest. */
  readonly followed = new Emitter<{ head: number; width: number; height: number }>();
  readonly screens: ScreenWishes;
  /** Its processors have stopped, for the reason given, or go on (undefined), and nobody here asked for it. */
  readonly ran = new Emitter<string | undefined>();
  /** A disk of it could not be written for want of room; the disk's name. */
  readonly diskFull = new Emitter<string>();
  readonly panicked = new Emitter<void>();
  readonly #ranNews = new Newest<string | undefined>(newsEveryMs, (why) => this.ran.emit(why));
  readonly #diskNews = new Newest<string>(newsEveryMs, (disk) => this.diskFull.emit(disk));
  readonly #panicNews = new Newest<void>(newsEveryMs, () => this.panicked.emit());
  readonly qemu: RunningQemu;
  readonly agent: Agent;
  /** Its serial port: what it says there is also in its log. */
  readonly serial: SerialPort;
  readonly #log: Disposable;
  readonly #heartbeat: Heartbeat;
  /** When QEMU was started, by `performance.now()`; undefined when an earlier rayosd did it. */
  readonly #since: number | undefined;
  #readyAfterMs: number | undefined;
  #ready = false;
  #shutDownByGuest = false;
  #isPlain = false;
  #isQuiet = false;
  /** How often it was quiet: tells one who waited whether it was meanwhile. */
  #quietTimes = 0;
  #stopReason: string | undefined;

  private constructor(
    qemu: RunningQemu,
    agent: Agent,
    serial: SerialPort,
    log: Disposable,
    since: number | undefined,
  ) {
    this.qemu = qemu;
    this.agent = agent;
    this.serial = serial;
    this.#log = log;
    this.#since = since;
    this.screens = new ScreenWishes({
      agent,
      onFollowed: (head, width, height) => this.followed.emit({ head, width, height }),
    });
    this.#heartbeat = new Heartbeat(() => agent.say('hello'), performance.now());
    agent.heard.on((message) => {
      this.#heartbeat.heard(performance.now());
      if (message.type === 'ready' || (message.type === 'state' && message.ready)) this.#setReady();
      if (message.type === 'state' && !message.ready) this.#ready = false;
      if (message.type === 'stopping') this.#shutDownByGuest = true;
    });
    qemu.qmp.onEvent(({ event, data }) => this.#happened(event, data));
  }

  /** Starts QEMU and everything that listens to it; the guest's processors run when it resolves. */
  static async launch(
    config: MachineConfig,
    places: Places,
    options: Omit<LaunchOptions, 'logFd'> & { beforeItRuns?(): void },
  ): Promise<RunningGuest> {
    const logFd = openFreshLog(places.qemuLog);
    const since = performance.now();
    const qemu = await launchQemu(config, { ...options, logFd }).finally(() => closeSync(logFd));
    let guest: RunningGuest | undefined;
    try {
      guest = await RunningGuest.#connect(qemu, places, since, options.signal);
      if (config.incoming === true) await readState(qemu, places, options.signal);
      options.beforeItRuns?.();
      await qemu.resume();
      // A guest that goes on from where it was does not say by itself that it is ready.
      if (config.incoming === true) guest.agent.say('hello');
      return guest;
    } catch (thrown) {
      await qemu.kill();
      await (guest ?? qemu.qmp)[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /**
   * Takes charge again of a QEMU that an earlier rayosd started; undefined when it is gone. Throws
   * QEMU_PROTOCOL or TIMED_OUT when it is there and does not answer.
   */
  static async attach(
    process: GuestProcess,
    places: Places,
    life: AbortSignal,
    mayRun: boolean,
  ): Promise<RunningGuest | undefined> {
    const signal = AbortSignal.any([life, AbortSignal.timeout(attachTimeoutMs)]);
    const { pid, startTime } = process;
    const qemu = await unlessAborted(
      attachQemu(pid, startTime, places.qmpSocket, { signal }),
      signal,
    );
    if (!qemu) return undefined;
    let guest: RunningGuest | undefined;
    try {
      guest = await RunningGuest.#connect(qemu, places, undefined, signal);
      // Its starter died between the process and its first instruction, or in the middle of saving it.
      const { status = '' } = (await qemu.qmp.execute('query-status')) as { status?: string };
      if (mayRun && ['prelaunch', 'paused', 'postmigrate'].includes(status)) await qemu.resume();
      else if (status === 'io-error') guest.#stopReason = noRoom;
      guest.agent.say('hello');
      return guest;
    } catch (thrown) {
      // All of it: QEMU has one place at each port, and the next attempt needs them.
      await (guest ?? qemu.qmp)[Symbol.asyncDispose]();
      qemu.release();
      throw thrown;
    }
  }

  static async #connect(
    qemu: RunningQemu,
    places: Places,
    since: number | undefined,
    signal: AbortSignal,
  ): Promise<RunningGuest> {
    const agent = await Agent.connect(places.agentSocket, signal);
    try {
      const serial = await keepSerialLog(places.serialSocket, places.serialLog);
      return new RunningGuest(qemu, agent, serial, boundLog(places.qemuLog), since);
    } catch (thrown) {
      agent[Symbol.dispose]();
      throw thrown;
    }
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

  /** For a guest without our agent: that its machine runs is all that will ever be known. */
  readyWithoutAgent(): void {
    this.#isPlain = true;
    this.#setReady();
  }

  /** Why its processors stand still by themselves, if they do. */
  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  async pause(): Promise<void> {
    await this.quietly(() => this.qemu.qmp.execute('stop'));
  }

  async goOn(): Promise<void> {
    await this.quietly(() => this.qemu.resume());
  }

  /** Lets the processors go on after `what`; a QEMU that does not answer is told of by others. Never throws. */
  async goOnAfter(what: string): Promise<void> {
    const going = this.qemu.qmp.execute('cont', {}, { timeoutMs: goOnTimeoutMs });
    await going.catch(() => this.#ranNews.set(`QEMU did not let it go on after ${what}`));
  }

  /** Runs what stops and starts the processors by our own wish, which is not to be told as news. */
  async quietly<T>(work: () => Promise<T>): Promise<T> {
    this.#isQuiet = true;
    this.#quietTimes++;
    try {
      return await work();
    } finally {
      this.#isQuiet = false;
    }
  }

  /**
   * What of it does not answer: QEMU not within `timeoutMs`, its agent not for much longer. 'busy' where that
   * says nothing: a QEMU that writes a state answers nobody, and who asked for it waits with an end.
   */
  async silent(timeoutMs: number): Promise<Silence> {
    const times = this.#quietTimes;
    try {
      if (this.#isQuiet) return this.#busy();
      const answer = await this.qemu.qmp.execute('query-status', {}, { timeoutMs });
      const isRunning = (answer as { readonly status?: unknown } | undefined)?.status === 'running';
      const now = performance.now();
      if (!isRunning || !this.#ready || this.#isPlain) this.#heartbeat.heard(now);
      return this.#heartbeat.hangs(now) ? 'agent' : undefined;
    } catch {
      return this.#isQuiet || this.#quietTimes !== times ? this.#busy() : 'QEMU';
    }
  }

  /** Asks the guest's agent to shut the guest down. */
  askToStop(): void {
    this.agent.say('shutdown');
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
    for (const news of [this.#ranNews, this.#diskNews, this.#panicNews]) news.drop();
    this.agent[Symbol.dispose]();
    this.#log[Symbol.dispose]();
    await this.serial[Symbol.asyncDispose]();
    await this.qemu.qmp[Symbol.asyncDispose]();
  }

  #busy(): 'busy' {
    this.#heartbeat.heard(performance.now());
    return 'busy';
  }

  #happened(event: string, data: Readonly<Record<string, unknown>>): void {
    if (event === 'SHUTDOWN' && data.guest === true) this.#shutDownByGuest = true;
    if (event === 'RESET') this.#ready = this.#isPlain;
    if (event === 'GUEST_PANICKED') this.#panicNews.set();
    if (event === 'BLOCK_IO_ERROR' && data.nospace === true && data.action === 'stop') {
      this.#stopReason = noRoom;
      this.#diskNews.set(String(data['node-name'] || data.device || 'disk').slice(0, 40));
    }
    if (event === 'STOP' && !this.#isQuiet)
      this.#ranNews.set(this.#stopReason ?? 'QEMU stopped it');
    if (event === 'RESUME') {
      this.#stopReason = undefined;
      if (!this.#isQuiet) this.#ranNews.set(undefined);
    }
  }

  #setReady(): void {
    if (this.#ready) return;
    this.#ready = true;
    if (this.#since !== undefined) this.#readyAfterMs = Math.round(performance.now() - this.#since);
    this.becameReady.emit(this.#readyAfterMs ?? 0);
  }
}
