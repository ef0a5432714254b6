// `rayos guest console`: what a guest says on its serial port, and with --follow in a terminal also what the
// person types into it. Ctrl-] leaves.

import type { ReadStream } from 'node:tty';
import { exitCodes, RayError } from '../contracts/errors.ts';
import type { Shell } from './shell.ts';
import { ConsoleFilter, terminalReset } from './terminal/console-filter.ts';
import { tell } from './terminal/terminal.ts';

const leavingKey = '\x1d';

export async function followConsole(
  args: Readonly<Record<string, unknown>>,
  shell: Shell,
): Promise<number> {
  const { terminal, client, signal } = shell;
  const isTyped =
    args.follow === true && terminal.isOutputTerminal && terminal.input.isTTY === true;
  const filter = new ConsoleFilter(isTyped ? 'screen' : 'plain');
  const leaving = new AbortController();
  const until = AbortSignal.any([signal, leaving.signal]);
  const typing = isTyped ? typeInto(String(args.guest), shell, leaving) : undefined;
  try {
    for await (const value of client.stream({ command: 'console.read', arguments: args }, until))
      terminal.output.write(filter.push((value as { text: string }).text));
    if (!isTyped) terminal.output.write('\n');
  } catch (thrown) {
    if (!until.aborted) throw thrown;
  } finally {
    typing?.();
  }
  if (leaving.signal.reason instanceof RayError) throw leaving.signal.reason;
  return exitCodes.done;
}

/** Sends keys as they are typed, in order, until the returned function is called. */
function typeInto(
  guest: string,
  { terminal, client }: Shell,
  leaving: AbortController,
): () => void {
  const input = terminal.input as ReadStream;
  tell(terminal, terminal.errorStyle.dim(`${guest}'s serial console. Ctrl-] leaves it.`));
  let waiting = '';
  let isSending = false;
  const send = async () => {
    isSending = true;
    try {
      while (waiting !== '') {
        const text = waiting.slice(0, 10_000);
        waiting = waiting.slice(text.length);
        await client.call({ command: 'console.write', arguments: { guest, text } });
      }
    } catch (thrown) {
      leaving.abort(thrown);
    }
    isSending = false;
  };
  const onData = (chunk: Buffer | string) => {
    const text = chunk.toString();
    const end = text.indexOf(leavingKey);
    waiting += end < 0 ? text : text.slice(0, end);
    if (!isSending) void send();
    if (end >= 0) leaving.abort();
  };
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.on('data', onData);
  input.resume();
  return () => {
    input.off('data', onData);
    input.setRawMode(false);
    input.pause();
    terminal.output.write(`${terminalReset}\n`);
  };
}
