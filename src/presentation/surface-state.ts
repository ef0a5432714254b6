// What rayosd knows of a surface: what its framer has told, and the markers of that.

import type { Surface } from '../contracts/index.ts';
import { Newest } from '../foundation/newest.ts';
import type { FromFramer } from './framer/protocol.ts';
import { Tally } from './framer/tally.ts';
import type { Mark, PresentableGuest } from './types.ts';

export type SurfaceStateEvents = {
  readonly mark: Mark;
  /** What `describe` says is different. */
  readonly onChange: () => void;
  readonly onFirstFrame: () => void;
};

/** Messages that answer no request. */
export type Report = Exclude<FromFramer, { readonly id: number }>;

/** A guest that flips its mode, or a framer in its hands, tells as often as it likes; we tell this often. */
const screenEveryMs = 250;
const oftenEveryMs = 1000;
/** A framer tells of frames once a second: not so much that its clock and ours disagree. */
const frameEveryMs = 500;

export class SurfaceState {
  readonly surface: string;
  readonly head: number;
  readonly guest: PresentableGuest;
  readonly #events: SurfaceStateEvents;
  readonly #viewers = new Set<string>();
  #scanout = { width: 0, height: 0, path: 'none' as Surface['path'] };
  #framesRead = 0;
  #hasFrame = false;
  #lostAt: number | undefined;
  #pid: number | undefined;
  #idleDetail = 'it shows nothing yet';
  readonly #scanoutNews = new Newest<void>(screenEveryMs, () => {
    this.#events.mark('PRESENTATION:SCANOUT', { surface: this.surface, ...this.#scanout });
    this.#events.onChange();
  });
  readonly #refusedNews = new Newest<string>(oftenEveryMs, (reason) =>
    this.#events.mark('PRESENTATION:SCANOUT_REFUSED', { surface: this.surface, reason }),
  );
  readonly #frameNews = new Newest<number>(frameEveryMs, (frame) =>
    this.#events.mark('PRESENTATION:FRAME_UPDATED', { surface: this.surface, frame }),
  );
  readonly #stallNews = new Newest<string>(screenEveryMs, (viewer) =>
    this.#events.mark('PRESENTATION:VIEWER_STALLED', { surface: this.surface, viewer }),
  );
  readonly #heldNews = new Newest<string>(screenEveryMs, (viewer) =>
    this.#events.mark('PRESENTATION:KEYBOARD_HELD', { surface: this.surface, viewer }),
  );
  readonly #inputNews = new Map<string, Tally>();
  readonly #inputRefusedNews = new Newest<string>(oftenEveryMs, (reason) =>
    this.#events.mark('INPUT:REFUSED', { guest: this.guest.name, reason }),
  );

  constructor(guest: PresentableGuest, head: number, events: SurfaceStateEvents) {
    this.surface = `${guest.name}.${head}`;
    this.head = head;
    this.guest = guest;
    this.#events = events;
  }

  /** Why there is no picture, in words. */
  get idleDetail(): string {
    return this.#idleDetail;
  }

  describe(): Surface {
    return {
      id: this.surface,
      guest: this.guest.name,
      head: this.head,
      title: this.head === 0 ? this.guest.title : `${this.guest.title}, screen ${this.head + 1}`,
      ...this.#scanout,
      viewers: this.#viewers.size,
      framesRead: this.#framesRead,
      ...(this.#pid === undefined ? {} : { framerPid: this.#pid }),
    };
  }

  framerStarted(pid: number): void {
    this.#pid = pid;
    this.#events.mark('PRESENTATION:FRAMER_STARTED', { surface: this.surface, pid });
    this.#events.onChange();
  }

  /** Its framer has ended: wanted, or lost for a reason. Its viewers went with it. */
  framerEnded(lostBecause?: string): void {
    const { surface } = this;
    this.#pid = undefined;
    this.#hasFrame = false;
    for (const viewer of [...this.#viewers]) this.#left(viewer);
    if (lostBecause !== undefined) {
      this.#lostAt ??= performance.now();
      this.#events.mark('PRESENTATION:FRAMER_LOST', { surface, reason: lostBecause });
    }
    this.#events.onChange();
  }

  /** Tells what is left to tell: nothing comes any more. */
  end(): void {
    const news = [
      this.#scanoutNews,
      this.#refusedNews,
      this.#frameNews,
      this.#stallNews,
      this.#heldNews,
    ];
    for (const one of [...news, this.#inputRefusedNews]) one.end();
    for (const tally of this.#inputNews.values()) tally.end();
  }

  hear(report: Report): void {
    const { surface } = this;
    switch (report.type) {
      case 'scanout':
        this.#scanout = { width: report.width, height: report.height, path: report.path };
        this.#scanoutNews.set();
        break;
      case 'idle':
        this.#idleDetail = report.detail;
        if (report.reason === 'refused') this.#refusedNews.set(report.detail);
        break;
      case 'frame':
        this.#frame(report.framesRead);
        break;
      case 'viewer-joined':
        this.#viewers.add(report.viewer);
        this.#events.mark('PRESENTATION:VIEWER_JOINED', { surface, viewer: report.viewer });
        this.#events.onChange();
        break;
      case 'viewer-stalled':
        this.#stallNews.set(report.viewer);
        break;
      case 'viewer-left':
        this.#left(report.viewer);
        break;
      case 'held':
        this.#heldNews.set(report.viewer);
        break;
      default:
        this.#hearOfInput(report);
    }
  }

  #hearOfInput(report: Report): void {
    const { mark } = this.#events;
    const guest = this.guest.name;
    if (report.type === 'input-sent') {
      const { kind } = report;
      this.#count(kind, report.count, (count) => mark('INPUT:SENT', { guest, kind, count }));
    }
    if (report.type === 'input-released')
      this.#count('released', report.keys, (keys) => mark('INPUT:RELEASED', { guest, keys }));
    if (report.type === 'input-refused') this.#inputRefusedNews.set(report.reason);
  }

  #count(what: string, count: number, tell: (sum: number) => void): void {
    const tally = this.#inputNews.get(what) ?? new Tally(screenEveryMs, tell);
    this.#inputNews.set(what, tally);
    tally.add(count);
  }

  #frame(framesRead: number): void {
    const { surface } = this;
    this.#framesRead = framesRead;
    if (this.#lostAt !== undefined) {
      const milliseconds = Math.round(performance.now() - this.#lostAt);
      this.#lostAt = undefined;
      this.#events.mark('PRESENTATION:FRAMER_BACK', { surface, milliseconds });
    }
    // Where it changed size, that comes first.
    if (!this.#hasFrame) this.#scanoutNews.flush();
    this.#frameNews.set(framesRead);
    if (!this.#hasFrame) this.#events.onFirstFrame();
    this.#hasFrame = true;
  }

  #left(viewer: string): void {
    const { surface } = this;
    if (!this.#viewers.delete(viewer)) return;
    this.#events.mark('PRESENTATION:VIEWER_LEFT', { surface, viewer });
    this.#events.onChange();
  }
}
