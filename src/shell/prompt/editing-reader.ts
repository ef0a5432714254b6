// Reads lines from a terminal with a cursor, by readline: editing, history, completion.

import { clearLine, createInterface, cursorTo } from 'node:readline';
import { guestNames } from '../complete/complete.ts';
import type { Shell } from '../shell.ts';
import { tell } from '../terminal/terminal.ts';
import { completeLine } from './complete-line.ts';
import { isConsole } from './console.ts';
import type { History } from './history.ts';
import type { News } from './news.ts';
import type { LineReader } from './plain-reader.ts';

/** A reader for the life of a prompt. */
export function editingReader(
  { terminal, client, rows }: Shell,
  history: History,
  news: News | undefined,
): LineReader {
  const { input, output, style, errorStyle } = terminal;
  /** What was typed after the end of the last line that was given. */
  let begun = '';
  // readline's interface lives for one line, so that commands may ask questions of their own.
  return () =>
    new Promise((resolve) => {
      const reader = createInterface({
        input,
        output,
        // The kernel's own terminal has few letters.
        prompt: `${style.cyan('rayos')} ${style.dim(isConsole() ? '>' : '›')} `,
        history: [...history.lines],
        historySize: 1000,
        removeHistoryDuplicates: true,
        completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
          guestNames(client).then((guests) => done(null, completeLine(line, rows, guests)));
        },
      });
      const lines: string[] = [];
      const stopNews = news?.whileReading(() => reader.prompt(true));
      reader.on('line', (line) => {
        lines.push(line);
        setImmediate(() => reader.close());
      });
      reader.on('SIGINT', () => {
        if (reader.line === '') tell(terminal, '', errorStyle.dim('(exit or Ctrl-D leaves)'));
        else output.write('^C\n');
        reader.write(null, { ctrl: true, name: 'e' });
        reader.write(null, { ctrl: true, name: 'u' });
        reader.prompt();
      });
      reader.once('close', () => {
        stopNews?.();
        begun = reader.line;
        if (lines.length === 0) output.write('\n');
        else if (begun !== '') {
          // It is shown with the next prompt.
          clearLine(output, 0);
          cursorTo(output, 0);
        }
        resolve(lines);
      });
      reader.prompt();
      if (begun !== '') reader.write(begun);
    });
}
