// The process beside a guest's QEMU that carries its network, and the connection that leads to it.

import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../contracts/index.ts';
import { type Passt, startPasst } from '../host/index.ts';
import { closeSocket, socketPair } from '../hypervisor/index.ts';
import { guestUser, type Places } from './places.ts';
import type { GuestRow } from './registry.ts';

export type NetworkLinkParts = {
  /** Where passt is installed. */
  readonly passt: string | undefined;
  report(what: string, error: RayError): void;
};

/** Disposing of it closes the descriptor, and ends a passt that has not begun. */
export type NetworkLink = Disposable & {
  readonly fd: number;
  /** Of the process; undefined where it could not be started, which is told. */
  readonly pid: number | undefined;
  /** Lets it open its sockets. */
  begin(): void;
};

/** Starts a passt that waits to begin. Throws GUEST_CANNOT. */
export function startNetwork(
  row: GuestRow,
  places: Places,
  { passt: file, report }: NetworkLinkParts,
): NetworkLink {
  if (file === undefined)
    throw new RayError('GUEST_CANNOT', 'its network went through passt, which is not installed', {
      remedy: 'Install it: apt-get install passt',
    });
  const { forwards } = row.spec;
  const log = join(places.stateDir, 'passt.log');
  const logFd = openSync(log, 'w', 0o600);
  const [ours, theirs] = socketPair();
  try {
    const passt = startPasst(file, { fd: theirs, forwards, logFd, ...guestUser(row) });
    onFailed(passt, (how) =>
      report(
        `the network of ${row.title} has ended: passt, ${how}; see ${log}`,
        new RayError('GUEST_CANNOT', 'it has no network until its next start', { remedy: '' }),
      ),
    );
    return {
      fd: ours,
      pid: passt.child.pid,
      begin: () => passt.begin(),
      [Symbol.dispose]: () => {
        passt[Symbol.dispose]();
        closeSocket(ours);
      },
    };
  } catch (thrown) {
    closeSocket(ours);
    throw thrown;
  } finally {
    closeSocket(theirs);
    closeSync(logFd);
  }
}

/** A machine without a network of its own has none to give: the guest runs then, with a card that is dead. */
function onFailed({ child }: Passt, tell: (how: string) => void): void {
  child.once('error', (error) => tell(error.message));
  child.once('exit', (code, signal) => {
    if (code !== 0) tell(`it ended with ${signal ?? code}`);
  });
}
