// `rayos guest console`: what the guest says on its serial port, without what would take the terminal over.
// In a terminal, with --follow, keys go into the guest, and one key leaves.

import { asRayError } from '../../contracts/errors.ts';
import type { Parsed } from '../line/arguments.ts';
import type { Row } from '../rows.ts';
import type { Shell } from '../shell.ts';
import { harmless } from '../terminal/style.ts';
import { tell } from '../terminal/terminal.ts';
import { ConsoleFilter } from './filter.ts';

/** Ctrl-], as of telnet and virsh. */
const leaveKey = '\x1d';
const maxTyped = 10_000;
/** Colours, the cursor, the scrolling region and the first screen, as they were. */
const asBefore = '\x1b[0m\x1b[?25h\x1b[r\x1b[?1049l\x1b[?7h';

/** Prints a console until it ends, or the signal. Throws what the stream throws. */
export async function showConsole(row: Row, parsed: Parsed, shell: Shell): Promise<void> {
  const { terminal } = shell;
  const isInteractive =
    parsed.arguments.follow === true && terminal.canAsk && terminal.isOutputTerminal;
  if (isInteractive) await talk(row, parsed, shell);
  else await print(row, parsed, shell, new ConsoleFilter('plain'), shell.signal);
}

async function print(
  row: Row,
  { arguments: args }: Parsed,
  { terminal, client }: Shell,
  filter: ConsoleFilter,
  signal: AbortSignal,
): Promise<void> {
  for await (const value of client.stream({ command: row.name, arguments: args }, signal)) {
    const { text } = value as { readonly text: string };
    terminal.output.write(filter.push(text));
  }
}

async function talk(row: Row, parsed: Parsed, shell: Shell): Promise<void> {
  const { terminal, client, signal } = shell;
  const input = terminal.input as NodeJS.ReadStream;
  const left = new AbortController();
  const guest = String(parsed.arguments.guest);
  tell(terminal, `The console of ${harmless(guest)}. Keys go into the guest; Ctrl-] leaves.`);
  let typed = '';
  let sending = Promise.resolve();
  const send = async () => {
    // What is typed while an earlier key is on its way goes along with the next call.
    const text = typed.slice(0, maxTyped);
    typed = typed.slice(text.length);
    if (text === '' || left.signal.aborted) return;
    await client.call({ command: 'console.write', arguments: { guest, text } }, left.signal);
  };
  const onKeys = (keys: string) => {
    const [before = ''] = keys.split(leaveKey);
    typed = (typed + before).slice(-4 * maxTyped);
    if (keys.includes(leaveKey)) return left.abort();
    sending = sending.then(send).catch((thrown: unknown) => {
      if (!left.signal.aborted) tell(terminal, `\r\n${asRayError(thrown).message}.\r`);
    });
  };
  input.setEncoding('utf8');
  input.setRawMode(true);
  input.on('data', onKeys);
  try {
    const until = AbortSignal.any([signal, left.signal]);
    await print(row, parsed, shell, new ConsoleFilter('screen'), until);
  } catch (thrown) {
    if (!left.signal.aborted) throw thrown;
  } finally {
    left.abort();
    await sending;
    input.off('data', onKeys);
    input.setRawMode(false);
    input.pause();
    terminal.output.write(`${asBefore}\n`);
  }
}
