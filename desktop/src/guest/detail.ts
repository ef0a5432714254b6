// A guest in detail, kept true: asked again whenever RayOS tells that something about it has changed.

import { createEffect, createResource, on } from 'solid-js';
import type { ErrorBody, GuestDetail } from '../../../src/contracts/index.ts';
import type { DesktopModel } from '../desktop/model.ts';

export type Detail = {
  readonly detail: () => GuestDetail | undefined;
  readonly error: () => ErrorBody | undefined;
  readonly again: () => void;
};

export function watchDetail({ run, world, markers }: DesktopModel, guest: () => string): Detail {
  const [outcome, { refetch }] = createResource(guest, (name) =>
    run('guest.show', { guest: name }),
  );
  const seen = () => outcome.latest;
  const state = () => {
    const known = world.guests.find((g) => g.name === guest());
    return `${known?.state} ${known?.ready} ${known?.presented} ${known?.title}`;
  };
  const newest = () =>
    markers().findLast((m) => m.name.startsWith('GUEST:') && m.arguments.guest === guest())
      ?.sequence;
  createEffect(on([state, newest], () => void refetch(), { defer: true }));
  return {
    detail: () => {
      const now = seen();
      return now?.kind === 'done' ? now.result : undefined;
    },
    error: () => {
      const now = seen();
      return now?.kind === 'failed' ? now.error : undefined;
    },
    again: () => void refetch(),
  };
}
