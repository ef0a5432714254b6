// Programs that end with the process that started them, even when that is killed and can do nothing any more.

/** The program and its arguments that run `command` so. setpriv(1) is of util-linux, which every Debian has. */
export function tied(command: string, args: readonly string[]): [string, string[]] {
  return ['/usr/bin/setpriv', ['--pdeathsig', 'KILL', command, ...args]];
}
