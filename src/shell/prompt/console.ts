// The prompt as the installed machine's own console (RAYOS_CONSOLE is set): it waits for rayosd, shows how
// things are, and goes on showing its prompt when markers have been written over it.

import type { MarkerRecord } from '../../contracts/index.ts';
import { sleep } from '../../foundation/clock.ts';
import type { Shell } from '../shell.ts';
import { harmless } from '../terminal/style.ts';
import { print, tell } from '../terminal/terminal.ts';
import { consoleScreen, lookAround, markerWords } from './console-screen.ts';
import type { News } from './plain-reader.ts';

const startMs = 120_000;
const askMs = 5000;
/** Markers reach the terminal by other processes, a moment after rayosd has told them here. */
const settleMs = 500;

/** What is worth a line on a screen that somebody reads. */
const isTold = /^(BOOT_MARKER|POLICY|PRESENTATION):(DE|DI|CONSOLE|GOLDEN|SAFE|STOP)/;

export function isConsole(env: NodeJS.ProcessEnv = process.env): boolean {
  return (env.RAYOS_CONSOLE ?? '') !== '';
}

/** Shows the screen, once rayosd answers. */
export async function greetOnConsole(shell: Shell): Promise<void> {
  const { terminal, client } = shell;
  const style = terminal.errorStyle;
  const from = performance.now();
  let isWaiting = false;
  while (performance.now() - from < startMs) {
    try {
      const seen = await lookAround(client, AbortSignal.timeout(askMs));
      return print(terminal, ...consoleScreen(seen, style));
    } catch {
      if (!isWaiting) tell(terminal, '', 'RayOS is starting ...');
      isWaiting = true;
      await sleep(1000);
    }
  }
  tell(
    terminal,
    'RayOS does not answer. It is started again by itself, and after three boots that fail the machine',
    'goes back to the version before. `status` asks again.',
  );
}

/** Hears markers as long as the process runs, so that the prompt is shown again after them. */
export function consoleNews({ client, terminal }: Shell): News & Disposable {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  const written = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const then of listeners) then();
    }, settleMs).unref();
  };
  const over = new AbortController();
  const { signal } = over;
  const from = new Date().toISOString();
  const show = (marker: MarkerRecord) => {
    // The screen has told what was before; the serial console is where markers are printed anyway.
    if (marker.time < from || process.env.TERM === 'dumb' || !isTold.test(marker.name)) return;
    terminal.output.write(`\r\x1b[2K${harmless(markerWords(marker))}\n`);
  };
  const follow = async () => {
    let since = 0;
    while (!signal.aborted) {
      try {
        const call = { command: 'log.markers', arguments: { follow: true, since } };
        for await (const marker of client.stream(call, signal)) {
          show(marker as MarkerRecord);
          since = (marker as MarkerRecord).sequence;
          written();
        }
      } catch {
        since = 0; // another rayosd counts anew
      }
      await sleep(2000, signal).catch(() => {});
    }
  };
  void follow();
  return {
    onWritten(then) {
      listeners.add(then);
      return () => listeners.delete(then);
    },
    [Symbol.dispose]() {
      over.abort(new Error('the prompt is over'));
      clearTimeout(timer);
    },
  };
}
