// Questions to a person. Standard error carries the question, so that output stays clean.

import { createInterface } from 'node:readline/promises';
import type { Plan } from '../../contracts/index.ts';
import type { Row } from '../rows.ts';
import { harmless } from './style.ts';
import { type Terminal, tell } from './terminal.ts';

/** The plan in words: what it is, its steps. */
export function planLines(offered: Plan, { errorStyle }: Terminal): string[] {
  const { summary, steps } = harmless(offered);
  return [errorStyle.bold(summary), ...steps.map((step) => `  • ${step}`)];
}

/**
 * Shows the plan and asks: y for what needs confirmation, the target's name for what destroys.
 * End of input and Ctrl-C are a no.
 */
export async function asksConsent(
  row: Row,
  plan: Plan,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  tell(terminal, ...planLines(plan, terminal));
  const target = harmless(plan.target);
  if (row.danger !== 'destructive')
    return /^y(es)?$/i.test(await ask(terminal, 'Go on? [y/N] ', signal));
  const question = `Type ${terminal.errorStyle.bold(target)} to go on: `;
  return (await ask(terminal, question, signal)) === target;
}

async function ask(terminal: Terminal, question: string, signal: AbortSignal): Promise<string> {
  const reader = createInterface({ input: terminal.input, output: terminal.errors });
  try {
    const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    return (await Promise.race([reader.question(question, { signal }), closed])).trim();
  } catch {
    return '';
  } finally {
    reader.close();
  }
}
