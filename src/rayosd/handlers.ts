// Every command of the table, wired to the room that does it.

import type { Handlers } from '../dispatch/index.ts';
import { bootHandlers } from './handlers/boot.ts';
import { folderHandlers } from './handlers/folders.ts';
import { lifeHandlers } from './handlers/life.ts';
import type { HandlerParts } from './handlers/parts.ts';
import { screenHandlers } from './handlers/screens.ts';
import { surroundingsHandlers } from './handlers/surroundings.ts';
import { systemHandlers } from './handlers/system.ts';

export { takeDrop } from './handlers/folders.ts';
export { guestsWithSurfaces, type HandlerParts } from './handlers/parts.ts';
export { loginAddress } from './handlers/system.ts';

export function makeHandlers(parts: HandlerParts): Handlers {
  return {
    ...bootHandlers(parts),
    ...folderHandlers(parts),
    ...lifeHandlers(parts),
    ...screenHandlers(parts),
    ...surroundingsHandlers(parts),
    ...systemHandlers(parts),
  };
}
