// What surrounds guests: their consoles, agents, clipboards, and what they use. It follows the guests that
// run, whoever started them; nothing of a guest is kept here once it has gone.

import type { Readable } from 'node:stream';
import {
  asRayError,
  type ClipboardRule,
  type NetworkProfile,
  RayError,
  type SharedFolder,
  type Usage,
} from '../contracts/index.ts';
import { Emitter } from '../foundation/index.ts';
import type { Mark } from '../log/index.ts';
import { Clipboard } from './clipboard.ts';
import type { Clip } from './clipboard-port.ts';
import { type ConsoleOptions, consoleText } from './console.ts';
import { type Dropped, Drops, dropName } from './drops.ts';
import { notRunning } from './endings.ts';
import { mountFolders, mountPoint } from './folder-mounts.ts';
import { tagOf } from './folders.ts';
import type { Guests } from './guests.ts';
import type { GuestRow } from './registry.ts';
import type { RunningGuest } from './running.ts';
import type { Surround } from './surround.ts';
import { totalsOf, UsageMeter } from './usage.ts';

export type SurroundingsParts = {
  readonly guests: Guests;
  readonly surround: Surround;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
};

/** News of a guest's clipboard, without what is in it. */
export type Copied = {
  readonly guest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sequence: number;
};

type Following = { readonly usage: UsageMeter; readonly clipboard: Clipboard };

export class Surroundings implements Disposable {
  readonly copied = new Emitter<Copied>();
  readonly #parts: SurroundingsParts;
  readonly #following = new Map<string, Following>();
  readonly #stops: (() => void)[];
  readonly #drops = new Drops();
  #isOnScreen: (id: string) => boolean = () => false;

  constructor(parts: SurroundingsParts) {
    this.#parts = parts;
    const { guests } = parts;
    this.#stops = [
      guests.began.on(({ row, guest }) => this.#follow(row, guest)),
      guests.gone.on((id) => this.#forget(id)),
      guests.changed.on(() => this.#followRules()),
    ];
  }

  /** Tells which guests are on screen; asked again at every call. */
  followScreens(isOnScreen: (id: string) => boolean): void {
    this.#isOnScreen = isOnScreen;
    for (const [id, { clipboard }] of this.#following) clipboard.setPresented(isOnScreen(id));
  }

  /** The serial console's text; also of a guest that does not run, whose log is left. */
  console(
    id: string,
    options: ConsoleOptions,
    signal: AbortSignal,
  ): AsyncIterable<{ text: string }> {
    const { serialLog } = this.#parts.guests.placesOf(id);
    return consoleText(serialLog, this.#parts.guests.running(id)?.serial, options, signal);
  }

  /** Types into the serial console; the number of bytes. Throws GUEST_NOT_RUNNING, GUEST_CANNOT. */
  writeConsole(id: string, text: string): number {
    const bytes = Buffer.from(text);
    if (this.#running(id).serial.write(bytes)) return bytes.length;
    throw new RayError(
      'GUEST_CANNOT',
      `${this.#row(id).title} does not read its serial console at the moment`,
      { remedy: 'Try again in a moment; what you typed was not sent.' },
    );
  }

  /** Opens something inside a guest by name, and waits until it says so. Throws AGENT_MISSING, GUEST_CANNOT. */
  async open(id: string, what: string, signal: AbortSignal): Promise<void> {
    const { name, title, state } = this.#row(id);
    const { agent } = this.#running(id);
    if (state === 'paused')
      throw new RayError('GUEST_PAUSED', `${title} is paused`, { guest: name });
    if (!(await agent.open(what, signal)))
      throw new RayError('GUEST_CANNOT', `${title} knows nothing by the name "${what}"`, {
        remedy: 'Name a program, a file in its home folder, or an address, such as firefox.',
      });
    this.#parts.mark('GUEST:OPENED', { guest: name });
  }

  /** What a guest has used over the last minutes, oldest first; nothing of one that does not run. */
  usage(id: string): Usage[] {
    return this.#following.get(id)?.usage.samples() ?? [];
  }

  newestUsage(id: string): Usage | undefined {
    return this.#following.get(id)?.usage.newest;
  }

  /** Throws GUEST_NOT_RUNNING, CLIPBOARD_CLOSED, NOT_PRESENTED. */
  readClipboard(id: string): { readonly clip: Clip | undefined; readonly sequence: number } {
    const { clipboard } = this.#followingOf(id);
    const read = clipboard.read();
    if (read.clip) this.#markClip(id, 'out', read.clip);
    return read;
  }

  /** Throws GUEST_NOT_RUNNING, CLIPBOARD_CLOSED, NOT_PRESENTED, BAD_REQUEST, AGENT_MISSING, GUEST_CANNOT. */
  writeClipboard(id: string, clip: Clip): void {
    const { clipboard } = this.#followingOf(id);
    clipboard.admit();
    // QEMU takes what is sent to a port that nobody in the guest has open; the agent says whether one has.
    if (!this.#running(id).agent.can('clipboard'))
      throw new RayError(
        'AGENT_MISSING',
        `no agent in ${this.#row(id).title} has said that it shares a clipboard`,
      );
    clipboard.write(clip);
    this.#markClip(id, 'in', clip);
  }

  /** Keeps the person's word about a guest's clipboard. */
  setClipboardRule(id: string, rule: ClipboardRule): void {
    const { spec } = this.#row(id);
    if (spec.clipboard !== rule)
      this.#parts.guests.settings.change(id, { spec: { ...spec, clipboard: rule } });
    this.#following.get(id)?.clipboard.setRule(rule);
  }

  /** What a guest that runs has to be shown with. */
  shown(id: string): { readonly usage?: Usage } {
    const usage = this.#following.get(id)?.usage.newest;
    return usage === undefined ? {} : { usage };
  }

  /** Throws POLICY_DENIED. */
  checkNetwork(network: NetworkProfile): void {
    this.#parts.surround.check({ network, forwards: [] });
  }

  /** A folder as it would be shared. Throws POLICY_DENIED, FILE_UNREADABLE, BAD_REQUEST. */
  admitFolder(
    id: string,
    wanted: { readonly path: string; readonly name?: string; readonly writable?: boolean },
  ): SharedFolder {
    return this.#parts.surround.admit(this.#row(id), wanted);
  }

  /** Shares a folder from the guest's next start on. */
  share(id: string, folder: SharedFolder): void {
    const { name, spec } = this.#row(id);
    this.#parts.guests.settings.change(id, {
      spec: { ...spec, folders: [...spec.folders, folder] },
    });
    this.#parts.mark('GUEST:FOLDER_SHARED', { guest: name, folder: folder.name });
  }

  /**
   * Takes a folder away: out of a running guest's tree at once, if its agent obeys; out of its machine with
   * its next start. Throws BAD_REQUEST when it has no such folder.
   */
  async unshare(id: string, folder: string): Promise<void> {
    const { name, title, spec } = this.#row(id);
    if (!spec.folders.some((shared) => shared.name === folder))
      throw new RayError(
        'BAD_REQUEST',
        `${title} has no folder called ${folder}; it has: ${spec.folders.map((f) => f.name).join(', ') || 'none'}`,
        { command: 'folder unshare' },
      );
    const folders = spec.folders.filter((shared) => shared.name !== folder);
    this.#parts.guests.settings.change(id, { spec: { ...spec, folders } });
    const agent = this.#parts.guests.running(id)?.agent;
    if (agent?.can('folder')) await agent.unmount(folder).catch(() => false);
    this.#parts.mark('GUEST:FOLDER_UNSHARED', { guest: name, folder });
  }

  /** A token for the bytes of a dropped file. Throws GUEST_NOT_RUNNING, AGENT_MISSING, STATE_UNWRITABLE. */
  expectDrop(id: string, file: string, sizeBytes: number): { token: string; inGuest: string } {
    if (!this.#running(id).agent.can('folder'))
      throw new RayError('AGENT_MISSING', `${this.#row(id).title} cannot mount shared folders`);
    const token = this.#drops.expect(id, file, sizeBytes, this.#parts.guests.placesOf(id));
    return { token, inGuest: `${mountPoint(dropName)}/${file}` };
  }

  /** Takes a dropped file; the guest has it mounted when this resolves. */
  async takeDrop(id: string, token: string, body: Readable, signal: AbortSignal): Promise<Dropped> {
    const dropped = await this.#drops.take(id, token, body, signal);
    const { name, title } = this.#row(id);
    const { agent } = this.#running(id);
    const isThere = await agent.mount({
      tag: tagOf(dropName),
      name: dropName,
      by: '9p',
      writable: false,
    });
    if (!isThere)
      throw new RayError('GUEST_CANNOT', `${title} could not mount its folder of dropped files`, {
        remedy: `Start it anew and drop the file again: rayos guest stop ${name}`,
      });
    this.#parts.mark('GUEST:FILE_DROPPED', { guest: name, bytes: dropped.bytes });
    return dropped;
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
    for (const id of [...this.#following.keys()]) this.#forget(id);
  }

  #follow(row: GuestRow, guest: RunningGuest): void {
    const { qemu, agent } = guest;
    this.#forget(row.id);
    // What the agent can is said before it is ready, or, when it is greeted again, after that.
    const mount = () => {
      if (guest.ready) void this.#mount(row.id, guest);
    };
    guest.becameReady.on(mount);
    agent.heard.on(({ type }) => {
      if (type === 'can') mount();
    });
    const { clipboardSocket } = this.#parts.guests.placesOf(row.id);
    const clipboard = new Clipboard(clipboardSocket, row, row.spec.clipboard);
    clipboard.changed.on(({ sequence, clip }) =>
      this.copied.emit({
        guest: this.#row(row.id).name,
        mediaType: clip.mediaType,
        sizeBytes: clip.bytes.length,
        sequence,
      }),
    );
    clipboard.setPresented(this.#isOnScreen(row.id));
    const usage = new UsageMeter(() => totalsOf(qemu.pid, qemu.qmp));
    this.#following.set(row.id, { usage, clipboard });
  }

  async #mount(id: string, { agent }: RunningGuest): Promise<void> {
    const { title, spec } = this.#row(id);
    const { guests } = this.#parts;
    for (const name of await mountFolders(agent, spec.folders, guests.placesOf(id)))
      this.#parts.report(
        `${title} has not mounted its folder ${name}`,
        asRayError(new RayError('GUEST_CANNOT', 'its agent said so, or nothing', { remedy: '' })),
      );
  }

  /** Rules are changed by more than one command. */
  #followRules(): void {
    for (const [id, { clipboard }] of this.#following)
      clipboard.setRule(this.#row(id).spec.clipboard);
  }

  #forget(id: string): void {
    const following = this.#following.get(id);
    this.#following.delete(id);
    following?.usage[Symbol.dispose]();
    following?.clipboard[Symbol.dispose]();
  }

  #markClip(id: string, direction: 'in' | 'out', { bytes }: Clip): void {
    const { name } = this.#row(id);
    this.#parts.mark('GUEST:CLIPBOARD', { guest: name, direction, bytes: bytes.length });
  }

  #row(id: string): GuestRow {
    return this.#parts.guests.row(id);
  }

  #running(id: string): RunningGuest {
    const guest = this.#parts.guests.running(id);
    if (guest) return guest;
    throw notRunning(this.#row(id));
  }

  #followingOf(id: string): Following {
    const following = this.#following.get(id);
    if (following) return following;
    throw notRunning(this.#row(id));
  }
}
