// Screens: presenting and hiding, surfaces, pictures, and what people type and point at.

import { photographDesktop } from '../../camera/index.ts';
import { RayError, type Surface } from '../../contracts/index.ts';
import type { Context, Handlers } from '../../dispatch/index.ts';
import { openDisplayChannel } from '../../hypervisor/index.ts';
import type { InputRequest } from '../../input/index.ts';
import type { PresentResult } from '../../presentation/index.ts';
import { findersOf, type HandlerParts } from './parts.ts';
import { loginAddress } from './system.ts';

type Names =
  | 'guest.present'
  | 'guest.hide'
  | 'surface.list'
  | 'surface.view'
  | 'screenshot.guest'
  | 'screenshot.desktop'
  | 'input.type'
  | 'input.press'
  | 'input.mouse'
  | 'input.click';

export function screenHandlers(parts: HandlerParts): Pick<Handlers, Names> {
  const { guests, presentation } = parts;
  const { idOf, seen } = findersOf(parts);
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
    'guest.present': {
      run: async ({ guest }, { signal }) => {
        const id = idOf(guest);
        await guests.start(id, signal).catch(unlessItRuns);
        const shown = await presentById(parts, id, signal);
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
        guests.setPresented(id, false);
        return seen(id);
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
      run: async ({ guest, head = 0 }) => {
        const id = idOf(guest);
        const name = onScreen(id);
        if (presentation.surfaceOf(id, head) === undefined)
          throw new RayError('NOT_PRESENTED', `${name} shows nothing on its screen ${head}`, {
            guest: name,
          });
        const { width, height, png } = await presentation.screenshot(id, head);
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
  };
}

/** A desktop that takes long to report is shown all the same: its screen tells why. */
function unlessItRuns(thrown: unknown): void {
  if (!(thrown instanceof RayError) || thrown.code !== 'GUEST_NOT_READY') throw thrown;
}

/** Shows a guest that runs, now and after a restart of RayOS. */
export async function presentById(
  { guests, presentation }: Pick<HandlerParts, 'guests' | 'presentation'>,
  id: string,
  signal: AbortSignal,
): Promise<PresentResult> {
  const { name, title } = guests.row(id);
  const shown = await presentation.present(
    {
      id,
      name,
      title,
      touch: guests.hasTouch(id),
      logFile: guests.logFile(id),
      openChannel: () => openDisplayChannel(guests.qmp(id)),
    },
    { signal },
  );
  guests.setPresented(id, true);
  return shown;
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
