// Which image runs: os-release(5).

import { readFileSync } from 'node:fs';

/** The values of an os-release file. Lines that are no assignment are passed over; the last of a name counts. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.slice(0, 64 * 1024).split('\n')) {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim()) ?? [];
    if (name !== undefined && value !== undefined) values.set(name, unquoted(value));
  }
  return values;
}

/** IMAGE_VERSION of the running system; undefined where it is no image. */
export function imageVersion(file = '/etc/os-release'): string | undefined {
  try {
    return parseOsRelease(readFileSync(file, 'utf8')).get('IMAGE_VERSION') || undefined;
  } catch {
    return undefined;
  }
}

function unquoted(value: string): string {
  const [, mark, inside] = /^(["'])(.*)\1$/.exec(value) ?? [];
  if (inside === undefined) return value;
  return mark === '"' ? inside.replace(/\\(["$\\`])/g, '$1') : inside;
}
