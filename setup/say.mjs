// What setup tells the person: one line a step, rewritten in place on a terminal, with the time it took.
// Everything in setup/ up to the npm packages runs on Node 18 with nothing installed.
// @ts-check

/**
 * Where setup speaks: standard output, unless that belongs to the program which it prepares.
 * @type {import('node:tty').WriteStream}
 */
let output = process.stdout;

export function speakOnStandardError() {
  output = process.stderr;
}

/** For questions. */
export const speech = () => output;

const isTerminal = () => output.isTTY === true && process.env.TERM !== 'dumb';

/** @param {string} code @param {string} text */
const paint = (code, text) =>
  isTerminal() && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text;

/** @param {string} text */
export const dim = (text) => paint('2', text);
/** @param {string} text */
export const bold = (text) => paint('1', text);
/** @param {string} text */
export const green = (text) => paint('32', text);
/** @param {string} text */
export const red = (text) => paint('31', text);

/** A failure that a person can act on: what happened, what to do next, and how setup ends. */
export class SetupError extends Error {
  /** @param {string} message @param {string} next @param {number} [exitCode] */
  constructor(message, next, exitCode = 1) {
    super(message);
    this.next = next;
    this.exitCode = exitCode;
  }
}

/** @param {string} [text] */
export function say(text = '') {
  output.write(`${text}\n`);
}

/** @param {number} ms */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/**
 * Runs one step and prints its line. `work` may call `progress` with what it is doing: `detail` is
 * rewritten in place on a terminal; without one, each new `phase` gets a line of its own.
 * It returns what to say at the end.
 * @param {string} name
 * @param {(progress: (phase: string, detail?: string) => void) => Promise<string> | string} work
 */
export async function step(name, work) {
  const started = performance.now();
  let shownPhase = '';
  /** @param {string} phase @param {string} [detail] */
  const progress = (phase, detail = '') => {
    const elapsed = dim(` ${Math.floor((performance.now() - started) / 1000)} s`);
    if (isTerminal()) rewrite(`  · ${name}: ${shorten(`${phase} ${detail}`.trim())}${elapsed}`);
    else if (phase !== shownPhase) say(`  · ${name}: ${phase}`);
    shownPhase = phase;
  };
  try {
    const outcome = await work(progress);
    const took = performance.now() - started;
    clear();
    say(`  ${green('✓')} ${name}: ${outcome}${took < 100 ? '' : dim(` (${duration(took)})`)}`);
  } catch (thrown) {
    clear();
    say(`  ${red('✗')} ${name}`);
    throw thrown;
  }
}

/** Prints a failure in words; returns the exit code. @param {unknown} thrown */
export function tell(thrown) {
  if (!(thrown instanceof SetupError)) {
    console.error(thrown);
    return 1;
  }
  process.stderr.write(`\n${red('RayOS cannot go on:')} ${thrown.message}\n${thrown.next}\n`);
  return thrown.exitCode;
}

/** @param {string} text */
function shorten(text) {
  const room = Math.max(20, (output.columns ?? 80) - 40);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

/** @param {string} line */
function rewrite(line) {
  output.write(`\r\x1b[2K${line}`);
}

function clear() {
  if (isTerminal()) output.write('\r\x1b[2K');
}
