// The framer: a process for one presented guest, started by rayosd with the display channel as a
// descriptor. Everything is loaded first, then root is given up, and only then a byte of QEMU is read.
// It may be killed at any moment; the guest does not notice, and rayosd starts another one.

import { flushCompileCache } from 'node:module';
import type { Socket } from 'node:net';
import { DisplayConnection, listen } from '../../hypervisor/index.ts';
import { dropPrivileges, isReadableBy } from './privileges.ts';
import {
  type FramerConfig,
  type FromFramer,
  isToFramer,
  type ToFramer,
  words,
} from './protocol.ts';
import { Session } from './session.ts';

const config = JSON.parse(process.argv[2] ?? '') as FramerConfig;

// While the cache can be written still: a framer that is killed writes none.
flushCompileCache();
// The listener's thread reads its program when it starts. Where only root can (a checkout in /root),
// root is given up as soon as the thread runs; everywhere else before QEMU is heard at all.
const isReadable = isReadableBy(config, import.meta.filename);
if (isReadable) dropPrivileges(config);
// rayosd is gone: so are we.
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));

const early: [ToFramer, Socket | undefined][] = [];
let obey = (message: ToFramer, socket: Socket | undefined): void => {
  early.push([message, socket]);
};
process.on('message', (message: unknown, socket: unknown) => {
  if (isToFramer(message)) obey(message, socket as Socket | undefined);
});

function tell(message: FromFramer, told: () => void = () => {}): void {
  if (process.connected) process.send?.(message, told);
}

const connection = await DisplayConnection.open(config.displayFd);
const listener = await listen(connection);
if (!isReadable) dropPrivileges(config);
const session = new Session({ surface: config.surface, connection, listener, tell });

async function end(reason: string): Promise<void> {
  await session[Symbol.asyncDispose]();
  tell({ type: 'closed', reason: words(reason) }, () => process.exit(0));
}
void Promise.race([connection.closed, listener.closed]).then(end);

obey = (message, socket) => {
  session.obey(message, socket);
  if (message.type === 'hide') void session.hidden.then(() => process.exit(0));
};
for (const [message, socket] of early) obey(message, socket);
