// What rayosd knows of a surface: what its framer has told, and the markers of that.

import type { Surface } from '../contracts/index.ts';
import type { FromFramer } from './framer/protocol.ts';
import type { Mark, PresentableGuest } from './types.ts';

export type SurfaceStateEvents = {
  readonly mark: Mark;
  /** What `describe` says is different. */
  readonly onChange: () => void;
  readonly onFirstFrame: () => void;
};

/** Messages that answer no request. */
export type Report = Exclude<FromFramer, { readonly id: number }>;

export class SurfaceState {
  readonly surface: string;
  readonly guest: PresentableGuest;
  readonly #events: SurfaceStateEvents;
  readonly #viewers = new Set<string>();
  #scanout = { width: 0, height: 0, path: 'none' as Surface['path'] };
  #framesRead = 0;
  #hasFrame = false;
  #lostAt: number | undefined;
  #pid: number | undefined;
  #idleDetail = 'it shows nothing yet';

  constructor(surface: string, guest: PresentableGuest, events: SurfaceStateEvents) {
    this.surface = surface;
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
      title: this.guest.title,
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

  hear(report: Report): void {
    const { surface } = this;
    switch (report.type) {
      case 'scanout':
        this.#scanout = { width: report.width, height: report.height, path: report.path };
        this.#events.mark('PRESENTATION:SCANOUT', { surface, ...this.#scanout });
        this.#events.onChange();
        break;
      case 'idle':
        this.#idleDetail = report.detail;
        if (report.reason === 'refused')
          this.#events.mark('PRESENTATION:SCANOUT_REFUSED', { surface, reason: report.detail });
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
        this.#events.mark('PRESENTATION:VIEWER_STALLED', { surface, viewer: report.viewer });
        break;
      case 'viewer-left':
        this.#left(report.viewer);
        break;
      default:
        this.#hearOfInput(report);
    }
  }

  #hearOfInput(report: Report): void {
    const { mark } = this.#events;
    const guest = this.guest.name;
    if (report.type === 'input-sent')
      mark('INPUT:SENT', { guest, kind: report.kind, count: report.count });
    if (report.type === 'input-released') mark('INPUT:RELEASED', { guest, keys: report.keys });
    if (report.type === 'input-refused') mark('INPUT:REFUSED', { guest, reason: report.reason });
  }

  #frame(framesRead: number): void {
    const { surface } = this;
    this.#framesRead = framesRead;
    if (this.#lostAt !== undefined) {
      const milliseconds = Math.round(performance.now() - this.#lostAt);
      this.#lostAt = undefined;
      this.#events.mark('PRESENTATION:FRAMER_BACK', { surface, milliseconds });
    }
    this.#events.mark('PRESENTATION:FRAME_UPDATED', { surface, frame: framesRead });
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
