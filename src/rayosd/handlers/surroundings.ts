// What surrounds a guest: folders, console, clipboard, usage; and what belongs to the person: settings, help.

import type { Handlers } from '../../dispatch/index.ts';
import { type HandlerParts, notBuilt } from './parts.ts';

type Names =
  | 'guest.usage'
  | 'guest.open'
  | 'folder.share'
  | 'folder.unshare'
  | 'folder.drop'
  | 'clipboard.read'
  | 'clipboard.write'
  | 'clipboard.rule'
  | 'settings.show'
  | 'settings.set'
  | 'help.search';

export function surroundingsHandlers(_parts: HandlerParts): Pick<Handlers, Names> {
  return {
    'guest.usage': { run: notBuilt },
    'guest.open': { run: notBuilt },
    'folder.share': { plan: notBuilt, run: notBuilt },
    'folder.unshare': { run: notBuilt },
    'folder.drop': { run: notBuilt },
    'clipboard.read': { run: notBuilt },
    'clipboard.write': { run: notBuilt },
    'clipboard.rule': { run: notBuilt },
    'settings.show': { run: notBuilt },
    'settings.set': { run: notBuilt },
    'help.search': { run: notBuilt },
  };
}
