// `rayos` without words, on a terminal: a prompt that takes commands and sentences, with completion and
// history. Ctrl-C ends what runs, or clears the line; Ctrl-D or `exit` ends the prompt.

import { asRayError, exitCodes } from '../../contracts/errors.ts';
import type { Status } from '../../contracts/index.ts';
import type { Shell } from '../shell.ts';
import { reportError } from '../terminal/report.ts';
import { tell } from '../terminal/terminal.ts';
import { greetOnConsole, isAway, isConsole } from './console.ts';
import { editingReader } from './editing-reader.ts';
import { History } from './history.ts';
import { runPromptLine } from './line.ts';
import { ConsoleNews } from './news.ts';
import { plainReader } from './plain-reader.ts';

const exits = ['exit', 'quit', 'bye'];

export async function prompt(shell: Shell): Promise<number> {
  const history = new History();
  /** Lines that came at once, as when they are pasted: they run one after the other. */
  const waiting: string[] = [];
  await (isConsole() ? greetOnConsole(shell) : greet(shell));
  using news = isConsole() ? new ConsoleNews(shell.client, shell.terminal) : undefined;
  const readLines =
    process.env.TERM === 'dumb'
      ? plainReader(shell.terminal, 'rayos> ', news)
      : editingReader(shell, history, news);
  for (;;) {
    if (waiting.length === 0) waiting.push(...(await readLines()));
    const line = waiting.shift();
    if (line === undefined) return exitCodes.done;
    const text = line.trim();
    if (text === '') continue;
    if (exits.includes(text.toLowerCase())) return exitCodes.done;
    const running = new AbortController();
    const onInterrupt = () => running.abort();
    process.on('SIGINT', onInterrupt);
    try {
      const { isSecret, isKnown } = await runPromptLine(text, { ...shell, signal: running.signal });
      if (isKnown && !isSecret) history.keep(text);
    } finally {
      process.off('SIGINT', onInterrupt);
    }
  }
}

async function greet({ terminal, client }: Shell): Promise<void> {
  const { errorStyle } = terminal;
  try {
    const call = { command: 'system.status', arguments: {} };
    const status = (await client.call(call, AbortSignal.timeout(2000))) as Status;
    tell(
      terminal,
      `${errorStyle.bold(`RayOS ${status.version}`)} ${errorStyle.dim(status.address)}`,
    );
  } catch (thrown) {
    const error = asRayError(thrown);
    if (!isAway(error)) reportError(terminal, error, { json: false });
    else {
      const isGone = error.code === 'NOT_RUNNING';
      const words = isGone ? 'is not running here. Start it with: npm start' : 'is busy just now.';
      tell(terminal, errorStyle.yellow(`RayOS ${words}`));
    }
  }
  tell(
    terminal,
    errorStyle.dim(
      'Say what you want, for example: show linux desktop. Tab completes; help; exit.',
    ),
  );
}
