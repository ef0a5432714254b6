// Runs one command to its observed result: asks the daemon, shows progress, asks for consent where the
// daemon wants it, and tells how it ended.

import { resolve } from 'node:path';
import { asRayError, exitCodes, RayError } from '../contracts/errors.ts';
import type { Picture } from '../contracts/index.ts';
import { type Call, PlanOffered } from './daemon/client.ts';
import type { Parsed } from './line/arguments.ts';
import { writeLine } from './line/write.ts';
import type { Row } from './rows.ts';
import type { Shell } from './shell.ts';
import { printJson, reportError } from './terminal/report.ts';
import { harmless } from './terminal/style.ts';
import { print, tell } from './terminal/terminal.ts';

/** Runs a command and prints what came of it; gives the exit code. `extra` goes into the JSON answer. */
export async function execute(
  row: Row,
  parsed: Parsed,
  shell: Shell,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const { terminal, options } = shell;
  try {
    if (row.isStream) return await follow(row, parsed, shell);
    const result = await observed(row, parsed, shell);
    if (result === undefined) return exitCodes.done;
    if (options.json) printJson(terminal, { ...extra, result });
    else await printResult(row, result, shell);
    return exitCodes.done;
  } catch (thrown) {
    if (thrown instanceof PlanOffered) return refuse(row, parsed, thrown, shell);
    return reportError(terminal, asRayError(thrown), { json: options.json });
  }
}

/** The result; undefined when it has gone to standard output already. */
async function observed(row: Row, { arguments: args, local }: Parsed, shell: Shell) {
  const { terminal, options } = shell;
  const call: Call = { command: row.name, arguments: withFullPaths(row, args) };
  if (row.name === 'guest.create' && typeof call.arguments.from === 'string')
    await tellProposal(call.arguments.from, shell);
  if (row.name === 'system.shutdown')
    return stopped(await callWithConsent(row, call, shell), shell);
  if (!row.parameters.some(({ isLocal }) => isLocal)) return callWithConsent(row, call, shell);
  const { checkTarget, pictureBytes, pictureName, standardOutput, writePicture } = await import(
    './picture.ts'
  );
  const file = local.file ?? pictureName(String(args.guest ?? 'desktop'));
  if (file !== standardOutput) {
    checkTarget(file, options.force);
    return writePicture((await callWithConsent(row, call, shell)) as Picture, file);
  }
  if (terminal.isOutputTerminal)
    throw new RayError('BAD_REQUEST', 'a picture is not written to a terminal', {
      command: 'screenshot',
    });
  terminal.output.write(pictureBytes((await callWithConsent(row, call, shell)) as Picture));
  return undefined;
}

/** Files are named from where the person is, and read by a daemon that is elsewhere. */
function withFullPaths(row: Row, args: Parsed['arguments']): Parsed['arguments'] {
  if (row.name !== 'guest.create' && row.name !== 'guest.propose') return args;
  const files = Object.entries(args).filter(([name]) => name === 'from' || name === 'initrd');
  return {
    ...args,
    ...Object.fromEntries(files.map(([name, file]) => [name, resolve(`${file}`)])),
  };
}

/** Before a guest is made from a file: what the file is, and what would be made of it. */
async function tellProposal(from: string, shell: Shell): Promise<void> {
  const { terminal, client, options, signal } = shell;
  const proposed = await client.call({ command: 'guest.propose', arguments: { from } }, signal);
  if (options.json) return;
  const { resultLines } = await import('./output/results.ts');
  const say = { style: terminal.errorStyle, isTerminal: terminal.canAsk };
  tell(terminal, ...resultLines('guest.propose', harmless(proposed), say), '');
}

/** Calls; when a plan comes back, gets consent for it by `--yes` or from the person, and calls again. */
async function callWithConsent(row: Row, call: Call, shell: Shell): Promise<unknown> {
  const { terminal, client, options, signal } = shell;
  const { withProgress } = await import('./terminal/progress.ts');
  const attempt = (asked: Call) =>
    withProgress(terminal, client, row.summary, client.call(asked, signal));
  try {
    return await attempt(
      options.consent === undefined ? call : { ...call, consent: options.consent },
    );
  } catch (thrown) {
    if (!(thrown instanceof PlanOffered)) throw thrown;
    const isGiven = options.yes && row.danger !== 'destructive';
    if (!isGiven) {
      if (options.json || !terminal.canAsk) throw thrown;
      const { asksConsent } = await import('./terminal/ask.ts');
      if (!(await asksConsent(row, thrown.plan, terminal, signal)))
        throw new RayError('CANCELLED', 'nothing was done: you did not consent');
    }
    return attempt({ ...call, consent: thrown.consent });
  }
}

/** Without a terminal: the plan, and how to carry it out. */
async function refuse(
  row: Row,
  { arguments: args, local }: Parsed,
  offered: PlanOffered,
  { terminal, options }: Shell,
): Promise<number> {
  const { plan, consent } = offered;
  if (options.json) return reportError(terminal, offered, { json: true, more: { plan, consent } });
  const { planLines } = await import('./terminal/ask.ts');
  tell(terminal, ...planLines(plan, terminal));
  tell(terminal, '', 'Nothing was done: this needs your consent. If you want it, run:', '');
  tell(terminal, `    ${writeLine(row, { ...args, ...local })} --consent ${consent}`, '');
  return exitCodes.consent;
}

/** A streaming command: its values as they come. Ctrl-C is its ordinary end. */
async function follow(row: Row, { arguments: args }: Parsed, shell: Shell): Promise<number> {
  const { terminal, client, options, signal } = shell;
  if (row.name === 'console.read' && !options.json) {
    const { followConsole } = await import('./console.ts');
    return followConsole(args, shell);
  }
  try {
    for await (const value of client.stream({ command: row.name, arguments: args }, signal)) {
      if (options.json) terminal.output.write(`${JSON.stringify(value)}\n`);
      else await printResult(row, value, shell);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  return exitCodes.done;
}

async function printResult(row: Row, result: unknown, { terminal }: Shell): Promise<void> {
  const { resultLines } = await import('./output/results.ts');
  const say = { style: terminal.style, isTerminal: terminal.isOutputTerminal };
  print(terminal, ...resultLines(row.name, harmless(result), say));
}

/** "Stopped" is said when nothing answers any more, not when the request was taken. */
async function stopped(result: unknown, { terminal, client, signal }: Shell): Promise<unknown> {
  const { withProgress } = await import('./terminal/progress.ts');
  const { sleep } = await import('../foundation/index.ts');
  const gone = async () => {
    for (let waited = 0; waited < 120; waited++) {
      if (!(await client.isThere())) return true;
      await sleep(500, signal);
    }
    return false;
  };
  const isGone = await withProgress(terminal, client, 'RayOS is stopping', gone());
  return { ...(result as object), stopped: isGone };
}
