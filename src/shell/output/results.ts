// Every command's result as lines for people. The type of `results` makes a command without words for
// its result a fault that the compiler finds.

import type { CommandName, CommandResult } from '../../contracts/index.ts';
import type { Style } from '../terminal/style.ts';
import { bootChecks, bootHistory, bootStatus } from './boot.ts';
import {
  guestCreated,
  guestDetail,
  guestHidden,
  guestList,
  guestNow,
  guestPresented,
} from './guest.ts';
import { hardware } from './hardware.ts';
import { passages, proposal, settings, snapshots, usage } from './surroundings.ts';
import {
  audit,
  desktopEvent,
  link,
  marker,
  picture,
  probe,
  sent,
  status,
  surfaces,
} from './system.ts';

export type Say = { readonly style: Style; readonly isTerminal: boolean };

const results: { readonly [N in CommandName]: (result: CommandResult<N>, say: Say) => string[] } = {
  'guest.list': guestList,
  'guest.show': guestDetail,
  'guest.create': guestCreated,
  'guest.start': guestNow,
  'guest.stop': guestNow,
  'guest.kill': guestNow,
  'guest.present': guestPresented,
  'guest.hide': guestHidden,
  'guest.delete': ({ deleted }) => [`${deleted} is deleted.`],
  'guest.propose': proposal,
  'guest.set': guestDetail,
  'guest.rename': guestNow,
  'guest.clone': guestCreated,
  'guest.pause': guestNow,
  'guest.resume': guestNow,
  'guest.suspend': guestNow,
  'guest.open': ({ guest, opened }) => [`${opened} is open in ${guest}.`],
  'guest.usage': usage,
  'snapshot.list': snapshots,
  'snapshot.take': ({ name, guest }) => [`${name} keeps ${guest} as it is now.`],
  'snapshot.revert': ({ name, guest }) => [`${guest} is back at ${name}.`],
  'snapshot.delete': ({ deleted }) => [`The snapshot ${deleted} is deleted.`],
  'disk.resize': ({ name, sizeBytes }) => [`The disk ${name} has ${sizeBytes / 2 ** 30} GiB now.`],
  'folder.share': ({ name, path, writable }) => [
    `${path} is shared as ${name}, ${writable ? 'writable' : 'read-only'}.`,
  ],
  'folder.unshare': ({ unshared }) => [
    `${unshared} is not shared any more. A guest that runs is cut off for good when it stops.`,
  ],
  'folder.drop': ({ upload }) => [upload],
  'console.read': ({ text }) => [text],
  'console.write': ({ guest, bytes }) => [`${guest} was sent ${bytes} bytes.`],
  'clipboard.read': ({ data }) => [data],
  'clipboard.write': ({ guest, bytes }) => [`${bytes} bytes are in the clipboard of ${guest}.`],
  'clipboard.rule': ({ guest, rule }) => [`The clipboard of ${guest}: ${rule}.`],
  'settings.show': settings,
  'settings.set': settings,
  'help.search': passages,
  'input.type': (result) => sent('Typed into', result),
  'input.press': (result) => sent('Pressed in', result),
  'input.mouse': (result) => sent('Moved the pointer in', result),
  'input.click': (result) => sent('Clicked in', result),
  'boot.status': bootStatus,
  'boot.history': bootHistory,
  'boot.checks': bootChecks,
  'system.status': status,
  'system.shutdown': (result) => [
    'stopped' in result && result.stopped === true
      ? 'RayOS has stopped.'
      : 'RayOS is still stopping.',
  ],
  'hypervisor.probe': probe,
  'hardware.report': hardware,
  'surface.list': surfaces,
  'surface.view': ({ path }) => [path],
  'screenshot.guest': picture,
  'screenshot.desktop': picture,
  'log.markers': marker,
  'desktop.events': desktopEvent,
  'audit.list': audit,
  'session.link': link,
  'intent.resolve': ({ command, summary }) => [`${command}: this will ${summary}.`],
};

/** What to tell a person about a result. */
export function resultLines(name: CommandName, result: unknown, say: Say): string[] {
  const words = results[name] as (result: unknown, say: Say) => string[];
  return words(result, say);
}
