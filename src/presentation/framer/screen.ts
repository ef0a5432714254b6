// The guest's screen in the framer: takes what the listener brings at once (so that size and idleness
// are known), and reads pixels only when somebody wants them.

import {
  Damage,
  type DisplayListener,
  type Idle,
  type Scanout,
  ScanoutLost,
} from '../../hypervisor/display/index.ts';
import { Surface } from './surface.ts';

export type ScreenEvents = {
  /** The guest shows something of another size, or by another path, than before. */
  readonly onScanout: (scanout: Scanout) => void;
  readonly onIdle: (idle: Idle) => void;
  /** There may be something to read. */
  readonly onDamage: () => void;
};

const unused: Idle = { reason: 'no-scanout', detail: 'the guest does not use this screen' };

type Source = Pick<DisplayListener, 'take' | 'onChange'>;

export class Screen {
  readonly #listener: Source;
  readonly #events: ScreenEvents;
  #scanout: Scanout | undefined;
  #idle: Idle | undefined;
  readonly #isUnused: ((surface: Surface) => boolean) | undefined;
  #damage: Damage | undefined;
  #damagedAt = 0;
  #surface: Surface | undefined;
  #framesRead = 0;

  /** With `isUnused`, the screen counts as idle until a picture was read that is none of those. */
  constructor(listener: Source, events: ScreenEvents, isUnused?: (surface: Surface) => boolean) {
    this.#listener = listener;
    this.#events = events;
    this.#isUnused = isUnused;
    if (isUnused !== undefined) this.#idle = unused;
    listener.onChange(() => this.#take());
    this.#take();
  }

  /** What was read last; undefined before the first scanout. */
  get surface(): Surface | undefined {
    return this.#surface;
  }

  /** Why nothing is shown at this moment. */
  get idle(): Idle | undefined {
    return this.#idle;
  }

  /** Time of the newest damage that was read, in ms since the epoch. */
  get damagedAt(): number {
    return this.#damagedAt;
  }

  /** Reads that found a change. */
  get framesRead(): number {
    return this.#framesRead;
  }

  /** Reads what is damaged; true when something is different. The screen may be lost meanwhile. */
  refresh(): boolean {
    const [scanout, damage, surface] = [this.#scanout, this.#damage, this.#surface];
    if (scanout === undefined || damage === undefined || surface === undefined) return false;
    try {
      const isChanged = scanout.steady(() => surface.refresh(scanout, damage));
      this.#damage = undefined;
      if (isChanged) this.#framesRead++;
      if (isChanged && this.#isUnused !== undefined) this.#judge(scanout, this.#isUnused(surface));
      return isChanged;
    } catch (thrown) {
      if (!(thrown instanceof ScanoutLost)) throw thrown;
      this.#becomeIdle({ reason: 'no-scanout', detail: thrown.message });
      return false;
    }
  }

  #take(): void {
    const taken = this.#listener.take();
    if (taken === undefined) return;
    if (taken.scanout !== undefined) this.#replace(taken.scanout);
    if (taken.damage !== undefined && this.#scanout !== undefined) {
      this.#damagedAt = taken.damagedAt;
      if (this.#damage === undefined) this.#damage = taken.damage;
      else this.#damage.merge(taken.damage);
      this.#events.onDamage();
    }
    if (taken.idle !== undefined) this.#becomeIdle(taken.idle);
  }

  #replace(scanout: Scanout): void {
    const before = this.#scanout;
    this.#scanout = scanout;
    if (this.#isUnused === undefined) this.#idle = undefined;
    this.#damage = Damage.all(scanout.width, scanout.height);
    // A guest that flips pages replaces its scanout with every frame: the surface stays then, and
    // only what is different is told.
    if (this.#surface?.width !== scanout.width || this.#surface.height !== scanout.height)
      this.#surface = new Surface(scanout.width, scanout.height, this.#surface?.version);
    if (this.#idle !== undefined) return;
    if (
      before?.width !== scanout.width ||
      before.height !== scanout.height ||
      before.path !== scanout.path
    )
      this.#events.onScanout(scanout);
  }

  #judge(scanout: Scanout, isUnused: boolean): void {
    if (!isUnused && this.#idle === undefined) return;
    this.#idle = isUnused ? unused : undefined;
    if (isUnused) this.#events.onIdle(unused);
    else this.#events.onScanout(scanout);
  }

  #becomeIdle(idle: Idle): void {
    this.#scanout = undefined;
    this.#damage = undefined;
    this.#idle = idle;
    this.#events.onIdle(idle);
  }
}
