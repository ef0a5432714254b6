// The framer: a process for one presented guest. Everything is loaded first, its listener's thread included,
// then root is given up, and only then it takes a guest's display: when rayosd says which guest it shows.
// It may be killed at any moment; the guest does not notice, and rayosd starts another one.

import { flushCompileCache } from 'node:module';
import type { Socket } from 'node:net';
import {
  DisplayConnection,
  listenToSound,
  prepareListener,
  takeChannel,
} from '../../hypervisor/display/index.ts';
import { FurtherListener } from './further.ts';
import { dropPrivileges } from './privileges.ts';
import {
  type FramerConfig,
  type FromFramer,
  isToFramer,
  maxHeads,
  type ToFramer,
  words,
} from './protocol.ts';

const config = JSON.parse(process.argv[2] ?? '') as FramerConfig;

// rayosd is gone: so are we.
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));

const shown = Promise.withResolvers<{ guest: string; touch: boolean }>();
const early: [ToFramer, Socket | undefined][] = [];
let obey = (message: ToFramer, socket: Socket | undefined): void => {
  if (message.type === 'show') shown.resolve(message);
  else early.push([message, socket]);
};
process.on('message', (message: unknown, socket: unknown) => {
  if (isToFramer(message)) obey(message, socket as Socket | undefined);
});

function tell(message: FromFramer, told: () => void = () => {}): void {
  if (process.connected) process.send?.(message, () => told());
  else told();
}

// The thread loads its code meanwhile.
const preparing = prepareListener();
const { Session } = await import('./session.ts');
const prepared = await preparing;
// While the cache can be written still: a framer that is killed writes none.
flushCompileCache();
dropPrivileges(config);

const { guest, touch } = await shown.promise;
const connection = await DisplayConnection.open(takeChannel(config.channelFd));
const [first = connection.graphicConsole(), ...further] = connection.graphicConsoles();
const listener = await prepared.listen(connection, first);
const session = new Session({ guest, touch, connection, tell });
session.addHead(first, listener);

// After the picture, which is not kept waiting.
void connection.hasSound().then((hasSound) => {
  if (hasSound) session.addSound((onChange) => listenToSound(connection, onChange));
});

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

// Each further screen has a thread of its own, one after the other; nothing waits for them, or ends with them.
let turn: Promise<unknown> = Promise.resolve();
for (const console of further.slice(0, maxHeads - 1)) {
  const coming = turn.then(async () => (await prepareListener()).listen(connection, console));
  turn = coming.catch(() => {});
  session.addHead(console, new FurtherListener(coming));
}
