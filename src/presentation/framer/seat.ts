// Who types. One person at a time holds the guest's keyboard and pointer, with all windows that this person
// has of it; others look on. Typing takes what nobody holds, `hold` takes it from whoever does, leaving
// frees it. Whose keyboard it is also decides whose window the guest's resolution follows.

import type { FramerMessage, ViewerMessage } from '../../contracts/viewer-protocol.ts';
import { RateLimit } from './rate.ts';

/** A viewer, as the seat knows it. */
export type Member = {
  readonly id: string;
  /** Which of the guest's screens it shows. */
  readonly screen: number;
  /** The person's session: its viewers hold together. */
  readonly party: string;
  tell(message: FramerMessage): void;
  /** Lets go of what it holds down. */
  release(): void;
};

export type Room = {
  readonly width: number;
  readonly height: number;
  readonly scalePercent: number;
};

type Place = {
  name: string;
  room: Room | undefined;
  isLooking: boolean;
  readonly holds: RateLimit;
};

export type SeatEvents = {
  readonly onHeld: (member: Member) => void;
  /** The guest's screen may follow this room now. */
  readonly onRoom: (screen: number, room: Room) => void;
  readonly now?: () => number;
};

const holdsPerSecond = 2;
const holdsAtOnce = 5;

export class Seat {
  readonly #events: SeatEvents;
  readonly #now: () => number;
  /** In the order of joining. */
  readonly #places = new Map<Member, Place>();
  /** By screen, as told last. */
  readonly #rooms = new Map<number, string>();
  #holder: Member | undefined;

  constructor(events: SeatEvents) {
    this.#events = events;
    this.#now = events.now ?? (() => performance.now());
  }

  join(member: Member): void {
    const holds = new RateLimit(holdsPerSecond, holdsAtOnce, this.#now());
    this.#places.set(member, { name: '', room: undefined, isLooking: false, holds });
    this.#tellAll();
  }

  leave(member: Member): void {
    if (!this.#places.delete(member)) return;
    // A person's other windows go on holding.
    if (this.#holder === member)
      this.#holder = [...this.#places.keys()].find(({ party }) => party === member.party);
    this.#tellAll();
    this.#follow(member.screen);
  }

  /** Takes what concerns the seat out of what a viewer says. */
  hear(member: Member, message: ViewerMessage): void {
    const place = this.#places.get(member);
    if (place === undefined) return;
    if (message.type === 'hello') {
      place.name = message.name;
      place.isLooking = 'thumbnail' in message;
      this.#tellAll();
    } else if (message.type === 'hold') {
      if (place.holds.use(this.#now())) this.#hold(member);
    } else if (message.type === 'room') {
      const { width, height, scalePercent } = message;
      place.room = { width, height, scalePercent };
      this.#follow(member.screen);
    }
  }

  /** Whether what this viewer types goes to the guest; it takes the keyboard when nobody has it. */
  mayType(member: Member): boolean {
    const place = this.#places.get(member);
    if (place === undefined || place.isLooking) return false;
    if (this.#holder === undefined) this.#hold(member);
    else if (this.#holder !== member && this.#holder.party === member.party) {
      this.#holder = member;
      this.#follow(member.screen);
    }
    return this.#holder === member;
  }

  #hold(member: Member): void {
    const before = this.#holder;
    if (before === member) return;
    this.#holder = member;
    for (const other of this.#places.keys()) if (other.party !== member.party) other.release();
    if (before?.party !== member.party) this.#events.onHeld(member);
    this.#tellAll();
    this.#follow(member.screen);
  }

  /** Tells the room of a screen, if it is another than was told. */
  #follow(screen: number): void {
    const shown = [...this.#places].filter(
      ([member, { room }]) => member.screen === screen && room !== undefined,
    );
    const holder = this.#holder;
    const deciding =
      holder === undefined
        ? shown[0]
        : (shown.find(([member]) => member === holder) ??
          shown.find(([member]) => member.party === holder.party));
    const room = deciding?.[1].room;
    const said = JSON.stringify(room);
    if (room === undefined || this.#rooms.get(screen) === said) return;
    this.#rooms.set(screen, said);
    this.#events.onRoom(screen, room);
  }

  #tellAll(): void {
    const people = [...this.#places.values()].filter(({ isLooking }) => !isLooking).length;
    const holder = this.#holder;
    const name = holder === undefined ? '' : (this.#places.get(holder)?.name ?? '');
    for (const member of this.#places.keys()) {
      const you = holder !== undefined && holder.party === member.party;
      member.tell({ type: 'holder', you, name, viewers: people });
    }
  }
}
