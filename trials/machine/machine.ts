// A whole machine for trials: firmware, disks, a serial console that is read for markers, power. It is off
// until it is powered on, and gone, with everything that belongs to it, when its scope ends.

import { join } from 'node:path';
import { paths, sleep } from '../../src/foundation/index.ts';
import { probeHypervisor, type QmpClient } from '../../src/hypervisor/index.ts';
import { machineArguments, type Parts } from './command-line.ts';
import { type Limits, outOfTime } from './cpu-time.ts';
import { type DiskReader, readDisk } from './disk-reader.ts';
import { changeDisk, type Disk, makeDisk } from './disks.ts';
import { firmwareFor, freshVariables } from './firmware.ts';
import { chordOf } from './keys.ts';
import type { MachineOptions } from './options.ts';
import { type OwnFolder, ownFolder } from './own-folder.ts';
import { type PoweredMachine, powerOn } from './power.ts';
import { decodePicture, type Picture } from './screen.ts';
import { takePicture } from './screenshot.ts';
import { SerialConsole } from './serial.ts';
import type { SerialLine } from './serial-line.ts';

export type WaitOptions = Limits & { readonly signal?: AbortSignal };

/** Between two keys: guests lose keys that come in bursts. */
const keyPauseMs = 60;

export class TestMachine implements AsyncDisposable {
  readonly serial = new SerialConsole();
  readonly #folder: OwnFolder;
  readonly #options: MachineOptions;
  readonly #parts: Parts;
  readonly #binary: string;
  #on: PoweredMachine | undefined;

  private constructor(folder: OwnFolder, options: MachineOptions, parts: Parts, binary: string) {
    this.#folder = folder;
    this.#options = options;
    this.#parts = parts;
    this.#binary = binary;
  }

  static async create(options: MachineOptions): Promise<TestMachine> {
    const cacheDir = paths().cacheDir;
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const arch = options.arch ?? 'x86_64';
    // Proven as the user that these machines run as.
    const { binary, accelerator } =
      arch === 'x86_64'
        ? await probeHypervisor({ cacheDir, uid, gid })
        : ({ binary: `qemu-system-${arch}`, accelerator: 'tcg' } as const);
    const owned = ownFolder('rayos-machine');
    const folder = owned.path;
    try {
      const firmware = firmwareFor(options.firmware ?? 'uefi', arch);
      const variables = join(folder, 'variables.fd');
      if (firmware !== undefined) freshVariables(firmware, variables);
      const disks: Disk[] = [];
      for (const disk of options.disks ?? []) disks.push(await makeDisk(disk, folder));
      const sockets = {
        qmpSocket: join(folder, 'qmp'),
        serialSocket: join(folder, 'serial'),
        tpmSocket: join(folder, 'tpm'),
      };
      const parts = { accelerator, firmware, variables, disks, ...sockets };
      return new TestMachine(owned, options, parts, binary);
    } catch (thrown) {
      owned[Symbol.dispose]();
      throw thrown;
    }
  }

  /** Where its files are, until it is disposed of. */
  get folder(): string {
    return this.#folder.path;
  }

  get isOn(): boolean {
    return this.#on !== undefined && !this.#on.isOver;
  }

  /** The process id of its QEMU. */
  get pid(): number {
    return this.#needOn().pid;
  }

  get qmp(): QmpClient {
    return this.#needOn().qmp;
  }

  /** Starts it. Whatever is different this time (credentials, a kernel) is given as `change`. */
  async powerOn(change: Pick<MachineOptions, 'kernel' | 'smbiosStrings'> = {}): Promise<void> {
    if (this.isOn) throw new Error('the machine is on already');
    await this.#letGo();
    this.serial.skip();
    const args = machineArguments({ ...this.#options, ...change }, this.#parts);
    this.#on = await powerOn(this.#binary, args, this.#parts, this.#options.tpm === true, {
      folder: this.folder,
      serial: this.serial,
    });
  }

  /** Presses the power button and waits until the machine is off. */
  async powerOff(options: WaitOptions = {}): Promise<void> {
    await this.qmp.execute('system_powerdown');
    await this.untilOff(options);
  }

  /** Waits until the machine has switched itself off. */
  async untilOff(options: WaitOptions = {}): Promise<void> {
    const on = this.#needOn();
    await this.#wait('the machine to be off', options, () => on.exited);
    await this.#letGo();
  }

  /** Pulls the plug. What the guest has written is on its disks; what it has not is gone. */
  async cut(): Promise<void> {
    await this.#needOn().kill();
    await this.#letGo();
  }

  /** Presses the reset button. */
  async reset(): Promise<void> {
    await this.qmp.execute('system_reset');
  }

  /** The next marker that matches (`AREA:EVENT:args`), after the last one that was waited for. */
  marker(pattern: RegExp, options: WaitOptions = {}): Promise<SerialLine> {
    return this.#wait(`a marker like ${pattern}`, options, (signal) =>
      this.serial.marker(pattern, signal),
    );
  }

  /** The next line of the serial console that matches, for what is not ours and has no markers. */
  line(pattern: RegExp, options: WaitOptions = {}): Promise<SerialLine> {
    return this.#wait(`a line like ${pattern}`, options, (signal) =>
      this.serial.next(pattern, signal),
    );
  }

  /** The next lines that match, one for each pattern, in whatever order. */
  async lines(patterns: readonly RegExp[], options: WaitOptions = {}): Promise<void> {
    await this.#wait(`lines like ${patterns.join(' and ')}`, options, (signal) =>
      this.serial.all(patterns, signal),
    );
  }

  /** What the machine says without ending the line, such as a menu. */
  async begun(pattern: RegExp, options: WaitOptions = {}): Promise<void> {
    await this.#wait(`${pattern} on the serial console`, options, (signal) =>
      this.serial.begun(pattern, signal),
    );
  }

  /** The next event of QEMU by this name, such as WATCHDOG or RESET; call it before what brings the event. */
  event(name: string, options: WaitOptions = {}): Promise<unknown> {
    const { qmp } = this;
    return this.#wait(`QEMU's ${name}`, options, (signal) => qmp.nextEvent(name, signal));
  }

  /** Sends text to the guest by the serial console. */
  send(text: string): void {
    this.#needOn().send(text);
  }

  /** Presses keys at once, by QEMU's names for them: `press('ctrl', 'alt', 'delete')`. */
  async press(...keys: readonly string[]): Promise<void> {
    const data = keys.map((key) => ({ type: 'qcode', data: key }));
    await this.qmp.execute('send-key', { keys: data, 'hold-time': 20 });
  }

  async type(text: string, signal?: AbortSignal): Promise<void> {
    for (const character of text) {
      await this.press(...chordOf(character));
      await sleep(keyPauseMs, signal);
    }
  }

  async screenshot(): Promise<Picture> {
    return decodePicture(await takePicture(this.qmp, this.folder));
  }

  /** Waits until the picture is as wanted. */
  screenThat(
    what: string,
    isWanted: (picture: Picture) => boolean,
    options: WaitOptions = {},
  ): Promise<Picture> {
    return this.#wait(`a screen with ${what}`, options, async (signal) => {
      for (;;) {
        const picture = await this.screenshot();
        if (isWanted(picture)) return picture;
        await sleep(300, signal);
      }
    });
  }

  /** What is on a disk, while the machine is off. */
  async disk(name: string): Promise<DiskReader> {
    if (this.isOn) throw new Error('a disk is read when the machine is off');
    const { overlay } = this.diskFiles(name);
    return readDisk(overlay, 'qcow2');
  }

  /** Changes a disk from outside, while the machine is off: bits that flip, files that are not as they were. */
  async changeDisk(name: string, change: (disk: DiskReader) => Promise<void>): Promise<void> {
    if (this.isOn) throw new Error('a disk is changed when the machine is off');
    await changeDisk(this.diskFiles(name), this.folder, change);
  }

  /** The files of a disk. */
  diskFiles(name: string): Disk {
    const disk = this.#parts.disks.find(({ options }) => options.name === name);
    if (disk === undefined) throw new Error(`this machine has no disk ${name}`);
    return disk;
  }

  #needOn(): PoweredMachine {
    if (this.#on === undefined || this.#on.isOver) throw new Error('the machine is off');
    return this.#on;
  }

  /** Waits with every limit: the signal, QEMU's end, its processor time, the clock. */
  async #wait<T>(
    what: string,
    { signal, ...limits }: WaitOptions,
    wait: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const on = this.#needOn();
    const over = new AbortController();
    const all = AbortSignal.any([over.signal, ...(signal === undefined ? [] : [signal])]);
    const wanted = wait(all);
    const ended = on.exited.then(async (how) => {
      // What it said last may be what is waited for.
      await sleep(0);
      throw new Error(`QEMU ended (${how})`);
    });
    const late = outOfTime(on.pid, limits, all);
    for (const promise of [wanted, ended, late]) promise.catch(() => {});
    try {
      return await Promise.race([wanted, ended, late]);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const said = `${this.serial.tail()}\n${on.words()}`;
      throw new Error(`waited for ${what}: ${why}. The machine said last:\n${said}`, {
        cause: thrown,
      });
    } finally {
      over.abort();
    }
  }

  async #letGo(): Promise<void> {
    await this.#on?.[Symbol.asyncDispose]();
    this.#on = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#letGo();
    this.#folder[Symbol.dispose]();
  }
}

/** Makes a machine; it is off. */
export function createTestMachine(options: MachineOptions): Promise<TestMachine> {
  return TestMachine.create(options);
}
