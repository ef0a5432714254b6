// Reads lines from a terminal that understands only text. When somebody else has written on it (a marker, the
// kernel), the prompt and what was typed so far are shown again.

import type { ReadStream } from 'node:tty';
import type { Terminal } from '../terminal/terminal.ts';
import type { News } from './news.ts';
import { PlainLine } from './plain-line.ts';

/** Gives the next line at each call, or several that came together; none at the end of input. */
export type LineReader = () => Promise<string[]>;

/** A reader for the life of a prompt: what is typed after a line's end belongs to the next line. */
export function plainReader(
  terminal: Pick<Terminal, 'input' | 'output'>,
  promptText: string,
  news: News | undefined,
): LineReader {
  const line = new PlainLine();
  return () => readOn(line, terminal, promptText, news);
}

function readOn(
  line: PlainLine,
  { input, output }: Pick<Terminal, 'input' | 'output'>,
  promptText: string,
  news: News | undefined,
): Promise<string[]> {
  const keyboard = input as ReadStream;
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const show = () => output.write(`\r${promptText}${line.text}`);
  const onData = (chunk: Buffer | string) => {
    const { echo, lines, isOver } = line.push(chunk.toString());
    // What is begun after the last line is shown with the next prompt.
    output.write(lines.length > 0 ? echo.slice(0, echo.lastIndexOf('\n') + 1) : echo);
    if (isOver) output.write('\n');
    if (lines.length > 0 || isOver) done([...lines]);
  };
  const onEnd = () => done([]);
  const stopNews = news?.whileReading(show);
  const done = (lines: string[]) => {
    keyboard.off('data', onData);
    keyboard.off('end', onEnd);
    stopNews?.();
    if (keyboard.isTTY) keyboard.setRawMode(false);
    keyboard.pause();
    resolve(lines);
  };
  if (keyboard.isTTY) keyboard.setRawMode(true);
  keyboard.setEncoding('utf8');
  keyboard.on('data', onData);
  keyboard.once('end', onEnd);
  keyboard.resume();
  show();
  return promise;
}
