// The prompt's history: newest first, as readline has it; kept in the state folder, for its user only.
// Lines that hold typed text are not kept anywhere.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { paths, readIfThere, writeDurable } from '../../foundation/index.ts';

const maxLines = 1000;

export class History {
  readonly #file: string | undefined;
  /** Lines that stay between sessions, newest first. */
  #kept: string[];

  /** `folder` is the state folder; without it (RayOS never ran) the history lives in memory only. */
  constructor(folder: string = paths().stateDir) {
    this.#file = existsSync(folder) ? join(folder, 'shell-history') : undefined;
    const text = this.#file === undefined ? undefined : readSafely(this.#file);
    this.#kept = (text ?? '').split('\n').filter((line) => line !== '');
  }

  get lines(): readonly string[] {
    return this.#kept;
  }

  /** Keeps a line, once, as the newest. */
  keep(line: string): void {
    this.#kept = [line, ...this.#kept.filter((other) => other !== line)].slice(0, maxLines);
    if (this.#file === undefined) return;
    try {
      writeDurable(this.#file, `${this.#kept.join('\n')}\n`, { mode: 0o600 });
    } catch {
      // A full disk takes the history, not the prompt.
    }
  }
}

function readSafely(file: string): string | undefined {
  try {
    return readIfThere(file);
  } catch {
    return undefined;
  }
}
