// The part of a window's menu that every window has: where it stands.

import type { DesktopModel } from '../desktop/model.ts';
import type { MenuItem } from '../menu/menu.tsx';
import { toggleWindowFullScreen } from './full-screen.ts';
import { cells } from './snap.ts';

export function arrangeItems({ windows, setDialog }: DesktopModel, id: string): MenuItem[] {
  const maximized = windows.isMaximized(id);
  return [
    {
      icon: 'full',
      label: windows.full() === id ? 'Leave full screen' : 'Full screen',
      keys: 'F',
      act: () => toggleWindowFullScreen(windows, id),
      apart: true,
    },
    {
      icon: maximized ? 'restore' : 'maximize',
      label: maximized ? 'Restore' : 'Maximize',
      keys: 'M',
      act: () => windows.toggleMaximized(id),
    },
    { icon: 'left', label: 'Left half', keys: '4', act: () => windows.setCell(id, cells[4]) },
    { icon: 'left', label: 'Right half', keys: '6', act: () => windows.setCell(id, cells[6]) },
    { icon: 'tile', label: 'Tile all windows', keys: 'T', act: windows.tile },
    {
      icon: 'windows',
      label: 'Move or resize by keys',
      act: () => queueMicrotask(() => windows.leave(id)),
    },
    {
      icon: 'keys',
      label: 'Choose among the windows',
      keys: 'W',
      act: () => setDialog({ kind: 'switcher', held: false }),
    },
  ];
}
