// A guest's clipboard and the person's: open only while the guest is presented, and only as far as the
// person's rule for this guest says. Under `ask` it is told that there is something, and nothing passes.

import { connect } from 'node:net';
import { type ClipboardRule, RayError } from '../contracts/index.ts';
import { Emitter } from '../foundation/index.ts';
import { type Clip, ClipboardPort, isGenuine, maxClipBytes } from './clipboard-port.ts';

export type GuestNames = { readonly name: string; readonly title: string };

export class Clipboard implements Disposable {
  /** Something new is there: its sequence number and what it is. */
  readonly changed = new Emitter<{ readonly sequence: number; readonly clip: Clip }>();
  readonly #path: string;
  readonly #names: GuestNames;
  #rule: ClipboardRule;
  #isPresented = false;
  #port: ClipboardPort | undefined;
  #newest: Clip | undefined;
  #sequence = 0;

  constructor(path: string, names: GuestNames, rule: ClipboardRule) {
    this.#path = path;
    this.#names = names;
    this.#rule = rule;
  }

  setRule(rule: ClipboardRule): void {
    if (this.#rule === rule) return;
    this.#rule = rule;
    this.#follow();
  }

  setPresented(isPresented: boolean): void {
    if (this.#isPresented === isPresented) return;
    this.#isPresented = isPresented;
    this.#follow();
  }

  /** What the guest has copied last, if anything. Throws CLIPBOARD_CLOSED, NOT_PRESENTED. */
  read(): { readonly clip: Clip | undefined; readonly sequence: number } {
    this.admit();
    return { clip: this.#newest, sequence: this.#sequence };
  }

  /** Throws CLIPBOARD_CLOSED, NOT_PRESENTED, BAD_REQUEST, AGENT_MISSING, GUEST_CANNOT. */
  write(clip: Clip): void {
    this.admit();
    if (clip.bytes.length > maxClipBytes)
      throw this.#wrong(`a clipboard holds at most ${maxClipBytes / 2 ** 20} MiB`);
    if (!isGenuine(clip))
      throw this.#wrong(
        clip.mediaType === 'image/png' ? 'that is no PNG picture' : 'that is no text',
      );
    if (this.#port?.isOpen !== true)
      throw new RayError(
        'AGENT_MISSING',
        `${this.#names.title} has no clipboard that RayOS reaches`,
      );
    if (!this.#port.write(clip))
      throw new RayError(
        'GUEST_CANNOT',
        `${this.#names.title} has not taken what was sent before`,
        {
          remedy: 'Try again in a moment; hide the guest and show it if that does not help.',
        },
      );
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  /** Throws CLIPBOARD_CLOSED, NOT_PRESENTED: nothing may pass at the moment. */
  admit(): void {
    const { name, title } = this.#names;
    if (this.#rule !== 'allow')
      throw new RayError(
        'CLIPBOARD_CLOSED',
        this.#rule === 'deny'
          ? `you closed the clipboard of ${title}`
          : `you have not said yet whether ${title} may share your clipboard`,
        { guest: name },
      );
    if (!this.#isPresented)
      throw new RayError('NOT_PRESENTED', `${title} is not on screen`, { guest: name });
  }

  /** The port is open while it may be, and forgotten with all that came out of it when it may not. */
  #follow(): void {
    if (!this.#isPresented || this.#rule === 'deny') {
      this.#close();
      return;
    }
    if (this.#port?.isOpen === true) return;
    const port = new ClipboardPort(connect(this.#path));
    this.#port = port;
    port.changed.on((clip) => {
      if (this.#port !== port) return;
      this.#newest = clip;
      this.#sequence++;
      this.changed.emit({ sequence: this.#sequence, clip });
    });
  }

  #close(): void {
    this.#port?.[Symbol.dispose]();
    this.#port = undefined;
    this.#newest = undefined;
  }

  #wrong(words: string): RayError {
    return new RayError('BAD_REQUEST', words, { command: 'clipboard write' });
  }
}
