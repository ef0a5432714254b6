// What every part of the command line works with.

import type { Client } from './daemon/client.ts';
import type { Options } from './line/options.ts';
import type { Row } from './rows.ts';
import type { Terminal } from './terminal/terminal.ts';

export type Shell = {
  readonly terminal: Terminal;
  readonly client: Client;
  readonly rows: readonly Row[];
  readonly options: Options;
  /** Aborted by Ctrl-C: stop waiting. */
  readonly signal: AbortSignal;
};
