// `rayos` without words, on a terminal: a prompt that takes commands and sentences, with completion and
// history. Ctrl-C ends what runs, or clears the line; Ctrl-D or `exit` ends the prompt.

import { createInterface, type Interface } from 'node:readline';
import { asRayError, exitCodes } from '../../contracts/errors.ts';
import type { Status } from '../../contracts/index.ts';
import { guestNames } from '../complete/complete.ts';
import type { Shell } from '../shell.ts';
import { tell } from '../terminal/terminal.ts';
import { completeLine } from './complete-line.ts';
import { consoleNews, greetOnConsole, isConsole } from './console.ts';
import { History } from './history.ts';
import { runPromptLine } from './line.ts';
import { type News, readPlainLines } from './plain-reader.ts';

const exits = ['exit', 'quit', 'bye'];

export async function prompt(shell: Shell): Promise<number> {
  const history = new History();
  /** Lines that came at once, as when they are pasted: they run one after the other. */
  const waiting: string[] = [];
  await (isConsole() ? greetOnConsole(shell) : greet(shell));
  using news = isConsole() ? consoleNews(shell) : undefined;
  for (;;) {
    if (waiting.length === 0) waiting.push(...(await readLines(shell, history, news)));
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

/** The next line, or several that came together; none at the end of input. */
function readLines(
  { terminal, client, rows }: Shell,
  history: History,
  news: News | undefined,
): Promise<string[]> {
  if (process.env.TERM === 'dumb') return readPlainLines(terminal, 'rayos> ', news);
  // The reader lives for one line, so that commands may ask questions of their own.
  return new Promise((resolve) => {
    const reader: Interface = createInterface({
      input: terminal.input,
      output: terminal.output,
      // The kernel's own terminal has few letters.
      prompt: `${terminal.style.cyan('rayos')} ${terminal.style.dim(isConsole() ? '>' : '›')} `,
      history: [...history.lines],
      historySize: 1000,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
        guestNames(client).then((guests) => done(null, completeLine(line, rows, guests)));
      },
    });
    const lines: string[] = [];
    const stopNews = news?.onWritten(() => reader.prompt(true));
    reader.on('line', (line) => {
      lines.push(line);
      setImmediate(() => reader.close());
    });
    reader.on('SIGINT', () => {
      if (reader.line === '')
        tell(terminal, '', terminal.errorStyle.dim('(exit or Ctrl-D leaves)'));
      else terminal.output.write('^C\n');
      reader.write(null, { ctrl: true, name: 'e' });
      reader.write(null, { ctrl: true, name: 'u' });
      reader.prompt();
    });
    reader.once('close', () => {
      stopNews?.();
      if (lines.length === 0) terminal.output.write('\n');
      resolve(lines);
    });
    reader.prompt();
  });
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
    const isGone = asRayError(thrown).code === 'NOT_RUNNING';
    const words = isGone ? 'is not running here. Start it with: npm start' : 'is busy just now.';
    tell(terminal, errorStyle.yellow(`RayOS ${words}`));
  }
  tell(
    terminal,
    errorStyle.dim(
      'Say what you want, for example: show linux desktop. Tab completes; help; exit.',
    ),
  );
}
