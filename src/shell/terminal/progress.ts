// A line that lives while a slow command runs: what happened last, and for how long it has been going on.

import type { DesktopEvent, MarkerRecord } from '../../contracts/index.ts';
import type { Client } from '../daemon/client.ts';
import { harmless } from './style.ts';
import { type Terminal, tell } from './terminal.ts';

const quietMs = 300;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Runs `work`; on a terminal, shows its progress from the daemon's markers once it takes a while. */
export async function withProgress<T>(
  terminal: Terminal,
  client: Client,
  what: string,
  work: Promise<T>,
): Promise<T> {
  if (!terminal.canAsk) return work;
  const listening = new AbortController();
  using line = terminal.canMove ? movingLine(terminal, what) : plainLines(terminal, what);
  void follow(client, listening.signal, line.show);
  try {
    return await work;
  } finally {
    listening.abort();
  }
}

type ProgressLine = Disposable & { show(words: string): void };

/** One line that is drawn anew, with the time, and is gone at the end. */
function movingLine(terminal: Terminal, what: string): ProgressLine {
  let latest = what;
  let frame = 0;
  let hasLine = false;
  const started = performance.now();
  const draw = () => {
    const seconds = Math.floor((performance.now() - started) / 1000);
    const text = latest.slice(0, Math.max(10, terminal.columns - 12));
    const spinner = terminal.errorStyle.cyan(frames[frame++ % frames.length] ?? '');
    terminal.errors.write(`\r\x1b[2K${spinner} ${text} ${terminal.errorStyle.dim(`${seconds} s`)}`);
    hasLine = true;
  };
  let ticking: NodeJS.Timeout | undefined;
  const quiet = setTimeout(() => {
    draw();
    ticking = setInterval(draw, 100);
  }, quietMs);
  return {
    show: (words) => {
      latest = words;
    },
    [Symbol.dispose]: () => {
      clearTimeout(quiet);
      clearInterval(ticking);
      if (hasLine) terminal.errors.write('\r\x1b[2K');
    },
  };
}

/** A line for each thing that happens, where a line cannot be drawn anew: a serial console. */
function plainLines(terminal: Terminal, what: string): ProgressLine {
  let latest = what;
  let isSlow = false;
  const write = () => tell(terminal, `  ${latest}`);
  const quiet = setTimeout(() => {
    isSlow = true;
    write();
  }, quietMs);
  return {
    show: (words) => {
      if (words === latest) return;
      latest = words;
      if (isSlow) write();
    },
    [Symbol.dispose]: () => clearTimeout(quiet),
  };
}

async function follow(
  client: Client,
  signal: AbortSignal,
  show: (words: string) => void,
): Promise<void> {
  try {
    for await (const event of client.events(signal)) {
      const words = wordsOf(event);
      if (words !== undefined) show(words);
    }
  } catch {
    // Progress is a courtesy: the command itself tells what is wrong.
  }
}

function wordsOf(event: DesktopEvent): string | undefined {
  if (event.type === 'marker') return markerWords(harmless(event.marker));
  if (event.type !== 'progress' || event.done === true) return undefined;
  const { what, step, fraction } = harmless(event);
  return `${what}: ${step}${fraction === undefined ? '' : ` ${Math.floor(fraction * 100)} %`}`;
}

/** A marker as progress; undefined for those that are no step of a command. */
export function markerWords({ name, arguments: args }: MarkerRecord): string | undefined {
  const { guest, milliseconds, width, height } = args;
  switch (name) {
    case 'GUEST:STARTING':
      return `${guest} is starting (${args.accelerator})`;
    case 'GUEST:RUNNING':
      return `${guest} is booting`;
    case 'GUEST:READY':
      return `${guest} is ready after ${(Number(milliseconds) / 1000).toFixed(1)} s`;
    case 'GUEST:STOPPING':
      return `${guest} is stopping: ${args.step}`;
    case 'GUEST:STOPPED':
      return `${guest} has stopped`;
    case 'PRESENTATION:SURFACE_CREATED':
      return `${guest} gets a window`;
    case 'PRESENTATION:FRAMER_STARTED':
      return 'waiting for the first picture';
    case 'PRESENTATION:SCANOUT':
      return `receiving its screen, ${width}×${height}`;
    case 'BOOT_MARKER:STOPPING':
      return 'RayOS is stopping';
    default:
      return undefined;
  }
}
