// Opens the desktop in the person's browser. The address signs in, so it goes by way of a file that only
// its owner may read: every user of a machine can see the command lines of all programs.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBrowser } from '../camera/index.ts';
import { writeDurable } from '../foundation/index.ts';

export type Opened = Disposable & {
  /** The file that the browser was given; undefined where there is no display. */
  readonly file?: string;
};

/** Whether this machine shows this person anything. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Opens `address`, if this machine has a display. Never fails: `onFailure` hears why nothing opens. The file
 * is gone after `lifeMs`, and with the owner of what this returns.
 */
export function openBrowser(
  address: string,
  options: {
    readonly runtimeDir: string;
    readonly lifeMs: number;
    readonly onFailure: (reason: string) => void;
    readonly env?: NodeJS.ProcessEnv;
  },
): Opened {
  const { env = process.env, onFailure } = options;
  if (!hasDisplay(env)) return { [Symbol.dispose]: () => undefined };
  const file = join(options.runtimeDir, 'open.html');
  const remove = () => rmSync(file, { force: true });
  const timer = setTimeout(remove, options.lifeMs).unref();
  try {
    writeDurable(file, redirectTo(address));
    view(pathToFileURL(file).href, env, onFailure);
  } catch (thrown) {
    onFailure(thrown instanceof Error ? thrown.message : String(thrown));
  }
  return {
    file,
    [Symbol.dispose]() {
      clearTimeout(timer);
      remove();
    },
  };
}

function view(url: string, env: NodeJS.ProcessEnv, onFailure: (reason: string) => void): void {
  const start = (program: string) => {
    const child = spawn(program, [url], { env, stdio: 'ignore', detached: true });
    child.unref();
    return child;
  };
  start('xdg-open').once('error', () => {
    try {
      start(findBrowser(env)).once('error', (error) => onFailure(error.message));
    } catch {
      onFailure('there is no browser on this machine');
    }
  });
}

/** A page that leads to `address`, by itself or by a link. */
export function redirectTo(address: string): string {
  const safe = address.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${safe}">
<title>RayOS</title>
<p><a href="${safe}">Open RayOS</a></p>
`;
}
