// The agent's protocol: what a line from the guest means, and what lines to the guest look like. The guest is
// hostile: a line that has not exactly one of these forms is no message.

export const capabilities = ['display', 'clipboard', 'open', 'folder'] as const;
export type Capability = (typeof capabilities)[number];

export type AgentMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'state'; readonly ready: boolean }
  | { readonly type: 'stopping' }
  | { readonly type: 'can'; readonly what: readonly Capability[] }
  /** What a screen has become. */
  | {
      readonly type: 'display';
      readonly head: number;
      readonly width: number;
      readonly height: number;
    }
  | { readonly type: 'opened'; readonly ok: boolean }
  | { readonly type: 'folder'; readonly name: string; readonly ok: boolean }
  /** It does not know what it was told last. */
  | { readonly type: 'unknown' };

export const maxLineBytes = 1024;

/** Reads one line from the guest; undefined for anything that is not the protocol. */
export function parseAgentLine(line: string): AgentMessage | undefined {
  const [word, ...rest] = line.trim().split(' ');
  const [first = '', second = '', third = ''] = rest;
  switch (word) {
    case 'ready':
      return rest.length === 0 || (rest.length === 1 && /^\d{1,9}(\.\d{1,6})?$/.test(first))
        ? { type: 'ready' }
        : undefined;
    case 'state':
      return rest.length === 1 && (first === 'ready' || first === 'starting')
        ? { type: 'state', ready: first === 'ready' }
        : undefined;
    case 'stopping':
    case 'unknown':
      return rest.length === 0 ? { type: word } : undefined;
    case 'can':
      // What a newer agent can beyond this is nothing that we could ask for.
      return rest.length <= 16
        ? { type: 'can', what: capabilities.filter((each) => rest.includes(each)) }
        : undefined;
    case 'display':
      return rest.length === 3 && /^[0-3]$/.test(first) && isSize(second) && isSize(third)
        ? { type: 'display', head: Number(first), width: Number(second), height: Number(third) }
        : undefined;
    case 'opened':
      return rest.length === 1 && (first === 'ok' || first === 'unknown')
        ? { type: 'opened', ok: first === 'ok' }
        : undefined;
    case 'folder':
      return rest.length === 2 &&
        /^[a-z0-9][a-z0-9-]{0,30}$/.test(first) &&
        (second === 'ok' || second === 'failed')
        ? { type: 'folder', name: first, ok: second === 'ok' }
        : undefined;
    default:
      return undefined;
  }
}

function isSize(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 16_384;
}

/** Splits a hostile stream into lines; what is longer than a line may be is dropped up to its end. */
export class LineSplitter {
  #held = '';
  #dropping = false;

  push(chunk: string): string[] {
    const parts = (this.#held + chunk).split('\n');
    this.#held = parts.pop() ?? '';
    if (this.#dropping && parts.length > 0) {
      parts.shift();
      this.#dropping = false;
    }
    if (this.#dropping || this.#held.length > maxLineBytes) {
      this.#held = '';
      this.#dropping = true;
    }
    return parts.filter((line) => line.length <= maxLineBytes);
  }
}

/** `text` percent-encoded: letters, digits and `-._~/:` stay as they are. ASCII, without a blank. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':');
}
