// Reads lines from a terminal that understands only text. When somebody else has written on it (a marker, the
// kernel), the prompt and what was typed so far are shown again.

import type { ReadStream } from 'node:tty';
import type { Terminal } from '../terminal/terminal.ts';
import { PlainLine } from './plain-line.ts';

export type News = {
  /** Calls `then` after somebody has written on the terminal; returns how to stop that. */
  onWritten(then: () => void): () => void;
};

/** The next line, or several that came together; none at the end of input. */
export function readPlainLines(
  { input, output }: Terminal,
  promptText: string,
  news: News | undefined,
): Promise<string[]> {
  const keyboard = input as ReadStream;
  const line = new PlainLine();
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const show = () => output.write(`\r${promptText}${line.text}`);
  const onData = (chunk: Buffer | string) => {
    const { echo, lines, isOver } = line.push(chunk.toString());
    output.write(echo);
    if (isOver) output.write('\n');
    if (lines.length > 0 || isOver) done([...lines]);
  };
  const onEnd = () => done([]);
  const stopNews = news?.onWritten(show);
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
