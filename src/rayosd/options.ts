// What rayosd was asked on its command line and by its environment.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RayError } from '../contracts/index.ts';
import { readIfThere } from '../foundation/index.ts';

export type Options = {
  readonly port: number;
  /** Guest to show once everything is up. */
  readonly present: string | undefined;
  /** Open the address in the person's browser, where there is a display. */
  readonly open: boolean;
  /** Print each marker as a line of its own: the installed system's console gets them. */
  readonly markers: boolean;
  /** A socket by which the machine's own display is signed in, from RAYOS_DISPLAY_DOOR. */
  readonly displayDoor: string | undefined;
  readonly help: boolean;
};

export const defaultPort = 7600;

export const usage = `Usage: rayosd [--port N] [--present GUEST] [--open] [--markers] [--help]

  --port N         listen on 127.0.0.1:N (default ${defaultPort}, or RAYOS_PORT; 0 chooses one)
  --present GUEST  show this guest once everything is up, creating and starting it if need be
  --no-present     show none
  --open           open the desktop in the browser where there is a display
  --no-open        do not
  --markers        print each marker on a line of its own

RAYOS_STATE=DIR keeps everything in DIR, for a second RayOS beside the first.`;

/** Throws BAD_REQUEST in words. */
export function readOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Options {
  let values: {
    port?: string | undefined;
    present?: string | boolean | undefined;
    open?: boolean | undefined;
    markers?: boolean | undefined;
    help?: boolean | undefined;
  };
  const withoutPresent = args.includes('--no-present');
  try {
    ({ values } = parseArgs({
      args: args.filter((arg) => arg !== '--no-present'),
      options: {
        port: { type: 'string' },
        present: { type: 'string' },
        open: { type: 'boolean' },
        markers: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowNegative: true,
    }));
  } catch (cause) {
    throw new RayError(
      'BAD_OPTION',
      cause instanceof Error ? cause.message : String(cause),
      {},
      cause,
    );
  }
  const port = values.port ?? env.RAYOS_PORT ?? String(defaultPort);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    throw new RayError('BAD_OPTION', `"${port.slice(0, 20)}" is no port`);
  const present =
    typeof values.present === 'string' && !withoutPresent ? values.present : undefined;
  return {
    port: Number(port),
    present,
    open: values.open ?? false,
    markers: values.markers ?? false,
    displayDoor: env.RAYOS_DISPLAY_DOOR || undefined,
    help: values.help ?? false,
  };
}

const usualHoldMs = 60_000;

/** Where RayOS boots the machine, its unit says where logd listens; a credential may shorten the golden hold. */
export function installedAs(env: NodeJS.ProcessEnv): {
  readonly installed?: { readonly logd: string; readonly holdMs: number };
} {
  const { RAYOS_LOGD: logd, CREDENTIALS_DIRECTORY: credentials } = env;
  if (!logd) return {};
  const given = credentials && readIfThere(join(credentials, 'rayos.golden-hold'))?.trim();
  const holdMs = given && /^\d{1,4}$/.test(given) ? Number(given) * 1000 : usualHoldMs;
  return { installed: { logd, holdMs } };
}
