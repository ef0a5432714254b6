// What the supervisor of the display and rayosd say to each other: one JSON object a line, over a unix socket
// that only the display's user may open. Both sides bound and check what comes.

export type DisplayState =
  /** The desktop has been drawn there; outputs as the kernel names them. */
  | { readonly state: 'shown'; readonly output: string }
  /** The browser or the compositor has ended or hangs; it is being started again. */
  | { readonly state: 'lost'; readonly reason: string }
  /** The text console is shown in its place. */
  | { readonly state: 'console'; readonly reason: string };

/** From the supervisor: a wish for a one-time login, or how the display is. */
export type DisplayLine = { readonly ask: 'login' } | DisplayState;
/** From rayosd. */
export type LoginLine = { readonly address: string };

export const maxLineBytes = 4096;
const maxReason = 100;

/** One line of the supervisor; undefined when it is none. */
export function parseDisplayLine(line: string): DisplayLine | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  if (value.ask === 'login') return { ask: 'login' };
  const { state, output, reason } = value;
  if (state === 'shown' && isShortText(output)) return { state, output };
  if ((state === 'lost' || state === 'console') && isShortText(reason)) return { state, reason };
  return undefined;
}

/** One line of rayosd; undefined when it is no login at this machine's own address. */
export function parseLoginLine(line: string): LoginLine | undefined {
  const address = parseObject(line)?.address;
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && hostname === '127.0.0.1' ? { address } : undefined;
}

/** Cuts a stream into lines. A line that grows over the bound ends the reading: `push` gives undefined. */
export class LineCutter {
  #rest = '';

  push(text: string): readonly string[] | undefined {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    const isTooLong = [...lines, this.#rest].some((line) => line.length > maxLineBytes);
    return isTooLong ? undefined : lines.filter((line) => line !== '');
  }
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (line.length > maxLineBytes) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxReason;
}
