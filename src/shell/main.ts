// The `rayos` command: one line from the arguments, or the prompt when there are none.

import { exitCodes } from '../contracts/errors.ts';
import { paths } from '../foundation/paths.ts';
import { Client } from './daemon/client.ts';
import { takeOptions } from './line/options.ts';
import { runLine } from './run.ts';
import type { Shell } from './shell.ts';
import { loadRows } from './table.ts';
import { reportError } from './terminal/report.ts';
import { print, processTerminal, tell } from './terminal/terminal.ts';

/** Runs the command line and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  // `rayos markers | head`: the reader has gone, and with it the reason to go on.
  process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
    process.exit(thrown.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
  });
  process.exitCode = await run(argv);
}

async function run(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal(process);
  const client = new Client(paths().socket);
  const stop = new AbortController();
  const rows = await loadRows();
  if (argv[0] === '__complete') {
    const { printCandidates } = await import('./complete/complete.ts');
    return printCandidates(argv.slice(1), { rows, client, output: terminal.output });
  }
  try {
    const line = takeOptions(argv);
    const { options, words } = line;
    const shell: Shell = { terminal, client, rows, options, signal: stop.signal };
    if (options.version) return await version(shell);
    if (words.length > 0 || options.help) {
      const ended = endBySignal(stop);
      const code = await runLine(line, shell);
      ended.afterwards(words);
      return code;
    }
    if (terminal.canAsk && terminal.isOutputTerminal) {
      const { prompt } = await import('./prompt/prompt.ts');
      return await prompt(shell);
    }
    const { helpFor } = await import('./help/help.ts');
    tell(terminal, ...(helpFor([], rows, terminal.errorStyle) ?? []));
    return exitCodes.usage;
  } catch (thrown) {
    const { asRayError } = await import('../contracts/errors.ts');
    return reportError(terminal, asRayError(thrown), { json: argv.includes('--json') });
  }
}

/** Ctrl-C stops waiting. Afterwards a shell has to see the signal, so that its own loop ends too. */
function endBySignal(stop: AbortController) {
  let heard: NodeJS.Signals | undefined;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals)
    process.once(signal, () => {
      heard = signal;
      stop.abort();
    });
  return {
    /** Following markers or a console ends by Ctrl-C: that is no failure. */
    afterwards(words: readonly string[]) {
      if (heard === undefined || words[0] === 'markers' || words[1] === 'console') return;
      for (const signal of signals) process.removeAllListeners(signal);
      process.kill(process.pid, heard);
    },
  };
}

async function version({ terminal }: Shell): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const file = new URL('../../package.json', import.meta.url);
  const { version: number } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  print(terminal, `rayos ${number} (Node ${process.versions.node})`);
  return exitCodes.done;
}
