// Progress for people: one line that changes on a terminal, one line a step (and each quarter of a long
// one) elsewhere.

import type { WriteStream } from 'node:tty';
import type { Progress } from './builder.ts';

/** Terminals are redrawn this often at most. */
const redrawMs = 100;

export type ProgressPrinter = Disposable & {
  readonly show: (progress: Progress) => void;
  /** Closes the open line, if any. */
  readonly end: () => void;
};

export function printProgress(
  output: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean },
): ProgressPrinter {
  let step = '';
  let quarter = 0;
  let drawn = 0;
  const end = () => {
    if (output.isTTY === true && step !== '') output.write('\n');
    step = '';
  };
  const onTerminal = ({ step: next, fraction }: Progress) => {
    const now = performance.now();
    if (next === step && now - drawn < redrawMs && fraction !== 1) return;
    if (next !== step) end();
    drawn = now;
    output.write(`\r\x1b[K${line(next, fraction)}`);
  };
  const onPaper = ({ step: next, fraction }: Progress) => {
    const reached = Math.floor((fraction ?? 0) * 4);
    if (next === step && reached <= quarter) return;
    quarter = reached;
    output.write(`${line(next, fraction)}\n`);
  };
  const show = (progress: Progress) => {
    if (output.isTTY === true) onTerminal(progress);
    else onPaper(progress);
    step = progress.step;
  };
  return { show, end, [Symbol.dispose]: end };
}

function line(step: string, fraction: number | undefined): string {
  return fraction === undefined ? step : `${step} ${Math.floor(fraction * 100)} %`;
}
