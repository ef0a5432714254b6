// Every command of the table, wired to the room that does it.

import { photographDesktop } from '../camera/index.ts';
import { createPhraseResolver, resolveGuest } from '../cognition/index.ts';
import type { Guest, Probe, Status, Surface } from '../contracts/index.ts';
import { commandOf, commands, RayError } from '../contracts/index.ts';
import type { Audit, Context, Handlers } from '../dispatch/index.ts';
import { loginLifeMs, type Sessions } from '../gateway/index.ts';
import type { GuestRow, Guests } from '../guests/index.ts';
import { openDisplayChannel } from '../hypervisor/index.ts';
import type { InputRequest } from '../input/index.ts';
import type { Recorder } from '../log/index.ts';
import type { Presentation } from '../presentation/index.ts';
import { desktopEvents, markers, type StateSource } from './streams.ts';

export type HandlerParts = {
  readonly guests: Guests;
  readonly presentation: Presentation;
  readonly recorder: Recorder;
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly state: StateSource;
  status(): Status;
  probe(options: { readonly fresh: boolean; readonly signal: AbortSignal }): Promise<Probe>;
  /** The address that browsers open, once the gateway listens. */
  address(): string;
  shutdown(reason: string): void;
};

/** Guests as people see them: with whether and where they are presented. */
export function guestsWithSurfaces({
  guests,
  presentation,
}: Pick<HandlerParts, 'guests' | 'presentation'>): Guest[] {
  const surfaces = new Map(presentation.surfaces().map((surface) => [surface.guest, surface.id]));
  return guests.list().map((guest) => {
    const surface = surfaces.get(guest.name);
    return surface === undefined ? guest : { ...guest, presented: true, surface };
  });
}

export function makeHandlers(parts: HandlerParts): Handlers {
  const { guests, presentation, recorder } = parts;
  const list = () => guestsWithSurfaces(parts);
  const idOf = (reference: string): string => resolveGuest(reference, list()).id;
  const seen = (id: string): Guest => list().find((guest) => guest.id === id) ?? guests.summary(id);
  const resolver = createPhraseResolver(commands);

  const presentGuest = (row: GuestRow) => ({
    id: row.id,
    name: row.name,
    title: row.title,
    logFile: guests.logFile(row.id),
    openChannel: () => openDisplayChannel(guests.qmp(row.id)),
  });

  /** The guest that input goes into: the one named, or else the one presented last. */
  const inputTarget = (reference: string | undefined): string => {
    if (reference !== undefined) return idOf(reference);
    const newest = presentation.newest;
    if (newest === undefined) throw new RayError('NOTHING_PRESENTED', 'no guest is on screen');
    return newest;
  };
  /** The guest's name. Throws NOT_PRESENTED unless it is on screen. */
  const onScreen = (id: string): string => {
    const { name, title } = guests.row(id);
    if (presentation.surfaceOf(id) !== undefined) return name;
    throw new RayError('NOT_PRESENTED', `${title} is not on screen`, { guest: name });
  };
  const send = async (
    reference: string | undefined,
    request: InputRequest,
    { signal }: Context,
  ) => {
    const id = inputTarget(reference);
    const guest = onScreen(id);
    checkPlace(request, presentation.surfaceOf(id));
    return { guest, events: await presentation.input(id, request, { signal }) };
  };

  return {
    'guest.list': { run: () => ({ guests: list() }) },
    'guest.show': {
      run: async ({ guest }) => {
        const id = idOf(guest);
        return { ...(await guests.detail(id)), ...seen(id) };
      },
    },
    'guest.create': { run: (wanted) => guests.detail(guests.create(wanted).id) },
    'guest.start': {
      run: async ({ guest }, { signal }) => {
        const id = idOf(guest);
        await guests.start(id, signal);
        return seen(id);
      },
    },
    'guest.stop': {
      run: async ({ guest }) => {
        const id = idOf(guest);
        await guests.stop(id);
        return seen(id);
      },
    },
    'guest.kill': {
      plan: ({ guest }) => {
        const row = guests.row(idOf(guest));
        if (row.process === undefined && row.state !== 'starting') throw notRunning(row);
        return {
          summary: `This ends ${row.title} at once.`,
          steps: [
            `end the QEMU process of ${row.title} without asking the guest`,
            'work in it that is not saved is lost',
          ],
          target: row.name,
          world: String(row.process?.pid ?? 'not running'),
        };
      },
      run: async ({ guest }) => {
        const id = idOf(guest);
        await guests.kill(id);
        return seen(id);
      },
    },
    'guest.present': {
      run: async ({ guest }, { signal }) => {
        const id = idOf(guest);
        await guests.start(id, signal);
        const shown = await presentation.present(presentGuest(guests.row(id)), { signal });
        return {
          guest: seen(id),
          ...shown,
          firstFrameAfterMs: Math.round(shown.firstFrameAfterMs),
        };
      },
    },
    'guest.hide': {
      run: async ({ guest }) => {
        const id = idOf(guest);
        await presentation.hide(id);
        return seen(id);
      },
    },
    'guest.delete': {
      plan: ({ guest }) => {
        const row = guests.row(idOf(guest));
        if (row.process !== undefined) throw stillRunning(row);
        return {
          summary: `This deletes ${row.title} and everything it keeps.`,
          steps: [
            `remove the folder of ${row.name} with its logs`,
            `remove ${row.name} from the registry`,
            'this cannot be undone',
          ],
          target: row.name,
          world: `${row.id} ${row.state}`,
        };
      },
      run: async ({ guest }) => {
        const row = guests.row(idOf(guest));
        await guests.delete(row.id);
        return { deleted: row.name };
      },
    },
    'input.type': {
      run: ({ text, guest }, context) => send(guest, { kind: 'type', text }, context),
    },
    'input.press': {
      run: ({ keys, guest }, context) => send(guest, { kind: 'press', keys }, context),
    },
    'input.mouse': {
      run: ({ x, y, guest }, context) => send(guest, { kind: 'mouse', x, y }, context),
    },
    'input.click': {
      run: ({ guest, x, y, button, count }, context) =>
        send(
          guest,
          {
            kind: 'click',
            x,
            y,
            button: button as 'left' | 'middle' | 'right' | undefined,
            count,
          },
          context,
        ),
    },
    'system.status': { run: () => parts.status() },
    'system.shutdown': {
      plan: () => ({
        summary: 'This stops RayOS.',
        steps: [
          'stop or keep its guests, as policy says',
          'close every window and connection',
          'end rayosd',
        ],
        target: 'rayos',
        world: recorder.bootId,
      }),
      run: (_args, { actor }) => {
        setImmediate(() => parts.shutdown(`asked by ${actor.name}`));
        return { stopping: true as const };
      },
    },
    'hypervisor.probe': {
      run: ({ fresh }, { signal }) => parts.probe({ fresh: fresh ?? false, signal }),
    },
    'surface.list': { run: () => ({ surfaces: [...presentation.surfaces()] }) },
    'surface.view': {
      run: ({ surface }) => {
        if (!presentation.surfaces().some(({ id }) => id === surface)) {
          throw new RayError('NOT_PRESENTED', `there is no surface "${surface}"`, {
            guest: surface.replace(/\.\d+$/, ''),
          });
        }
        return { path: `/api/surfaces/${surface}/viewer` };
      },
    },
    'screenshot.guest': {
      run: async ({ guest }) => {
        const id = idOf(guest);
        onScreen(id);
        const { width, height, png } = await presentation.screenshot(id);
        return { width, height, mediaType: 'image/png' as const, data: png.toString('base64') };
      },
    },
    'screenshot.desktop': {
      run: ({ width = 1440, height = 900, scheme = 'dark' }, { signal }) =>
        photographDesktop(
          { address: loginAddress(parts), width, height, scheme: scheme as 'dark' | 'light' },
          signal,
        ),
    },
    'log.markers': {
      stream: (asked, { signal }) => markers(recorder, asked, signal),
    },
    'desktop.events': {
      stream: (_args, { signal }) => desktopEvents(parts.state, recorder, signal),
    },
    'audit.list': { run: ({ last }) => ({ records: parts.audit.newest(last ?? 50) }) },
    'session.link': { run: () => ({ address: loginAddress(parts), expiresInMs: loginLifeMs }) },
    'intent.resolve': {
      run: ({ text }) => {
        const answer = resolver.resolve(text, { guests: list() });
        if (!answer.understood) {
          recorder.mark('INTENT:UNKNOWN', {});
          throw answer.error;
        }
        recorder.mark('INTENT:RESOLVED', { command: answer.command });
        return {
          command: answer.command,
          arguments: answer.arguments,
          summary: commandOf(answer.command).summary,
        };
      },
    },
  };
}

/** An address that signs one browser in, once. */
export function loginAddress({
  sessions,
  address,
}: Pick<HandlerParts, 'sessions' | 'address'>): string {
  return `${address()}#token=${sessions.offerLogin()}`;
}

function notRunning({ name, title }: GuestRow): RayError {
  return new RayError('GUEST_NOT_RUNNING', `${title} is not running`, { guest: name });
}

function stillRunning({ name, title }: GuestRow): RayError {
  return new RayError('GUEST_RUNNING', `${title} is running`, { guest: name });
}

/** Throws BAD_REQUEST for a place that is half given, or not on the screen. */
function checkPlace(request: InputRequest, surface: Surface | undefined): void {
  if (request.kind !== 'mouse' && request.kind !== 'click') return;
  const { x, y } = request;
  const command = request.kind;
  if ((x === undefined) !== (y === undefined)) {
    throw new RayError('BAD_REQUEST', 'a place has an x and a y, and one of them is missing', {
      command,
    });
  }
  if (x === undefined || y === undefined || surface === undefined) return;
  if (x >= surface.width || y >= surface.height) {
    throw new RayError(
      'BAD_REQUEST',
      `the screen has ${surface.width}×${surface.height} pixels, counted from 0, and ${x}, ${y} is not among them`,
      { command },
    );
  }
}
