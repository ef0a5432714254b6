import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { own, within } from '../../foundation/index.ts';
import { attachQemu } from './attach.ts';
import { launchQemu } from './launch.ts';
import { saveState } from './saved-state.ts';
import { keepSerialLog } from './serial-log.ts';
import { testBinary, testMachine, testUser } from './test-machine.ts';

function statusLine(pid: number, name: string): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1] ?? '';
}

test('QEMU runs in its own session, as its own user, in its sandbox, with nothing of ours', async () => {
  await using machine = testMachine();
  const qemu = await machine.launch({ startPaused: true });
  assert.match(JSON.stringify(await qemu.qmp.execute('query-status')), /prelaunch/);
  const stat = readFileSync(`/proc/${qemu.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  assert.equal(Number(stat[3]), qemu.pid, 'leads its session');
  assert.equal(statusLine(qemu.pid, 'Seccomp'), '2');
  assert.equal(statusLine(qemu.pid, 'NoNewPrivs'), '1');
  if (testUser.uid !== undefined) {
    assert.deepEqual(statusLine(qemu.pid, 'Uid').split('\t'), Array(4).fill(String(testUser.uid)));
    assert.equal(statusLine(qemu.pid, 'Groups').trim(), '');
  }
  // Of a process of another user, root alone sees these.
  const isSeen = process.getuid?.() === 0 || testUser.uid === undefined;
  const files = (isSeen ? readdirSync(`/proc/${qemu.pid}/fd`) : [])
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${qemu.pid}/fd/${fd}`)];
      } catch {
        return []; // closed meanwhile
      }
    })
    .filter((target) => target.startsWith('/') && !target.startsWith('/memfd:'));
  const log = join(machine.folder, 'qemu.log');
  const known = ['/dev/null', log, '/dev/urandom'];
  assert.deepEqual(
    files.filter((file) => !known.includes(file)),
    [],
  );
  assert.equal(statSync(machine.config.qmpSocket).mode & 0o777, 0o600);
  const resumed = qemu.qmp.nextEvent('RESUME');
  await qemu.resume();
  await resumed;
});

test('a QEMU that ends at once is told with its last words', async () => {
  await using machine = testMachine();
  await assert.rejects(machine.launch({ machineType: 'no-such-machine' }), {
    code: 'GUEST_DIED',
    message: /QEMU ended with status 1 before it answered; it said: .*unsupported machine type/,
    details: { logFile: join(machine.folder, 'qemu.log') },
  });
  // Its files are opened by us: what is missing is named.
  const kernel = join(machine.folder, 'no-kernel');
  await assert.rejects(machine.launch({ boot: { kind: 'kernel', kernel, commandLine: '' } }), {
    code: 'GUEST_DIED',
    message: /no-kernel/,
  });
});

test('a program that is missing is told, and a launch can be cancelled', async () => {
  await using machine = testMachine();
  const { config, logFd } = machine;
  const { signal } = new AbortController();
  await assert.rejects(launchQemu(config, { binary: '/nonexistent/qemu', logFd, signal }), {
    code: 'GUEST_DIED',
    message: /cannot be started: .*ENOENT/,
  });
  const cancel = new AbortController();
  const launching = launchQemu(config, {
    binary: testBinary,
    logFd,
    signal: cancel.signal,
    ...testUser,
  });
  setImmediate(() => cancel.abort());
  await assert.rejects(launching, { code: 'CANCELLED' });
});

test('another rayosd takes charge of a QEMU that runs, and of nothing else', async () => {
  await using machine = testMachine();
  const qemu = await machine.launch();
  await qemu.qmp[Symbol.asyncDispose]();
  const { qmpSocket } = machine.config;
  assert.equal(await attachQemu(qemu.pid, qemu.startTime + 1, qmpSocket), undefined);
  const attached = await attachQemu(qemu.pid, qemu.startTime, qmpSocket);
  assert.ok(attached);
  assert.match(JSON.stringify(await attached.qmp.execute('query-status')), /running/);
  await attached.kill();
  assert.deepEqual(await attached.exited, { code: null, signal: null });
  assert.deepEqual(await qemu.exited, { code: null, signal: 'SIGKILL' });
  assert.equal(await attachQemu(qemu.pid, qemu.startTime, qmpSocket), undefined);
  await attached.qmp[Symbol.asyncDispose]();
});

test('QEMU that is told to quit exits with 0, and its connection says so', async () => {
  await using machine = testMachine();
  const qemu = await machine.launch();
  const event = qemu.qmp.nextEvent('SHUTDOWN');
  await qemu.qmp.execute('quit');
  assert.equal((await event).data.reason, 'host-qmp-quit');
  await qemu.qmp.closed;
  const exit = await within(qemu.exited, 20_000, () => new Error('QEMU has not exited'));
  assert.deepEqual(exit, { code: 0, signal: null });
});

test('the serial log is kept, bounded, and turned', async () => {
  await using machine = testMachine();
  const path = join(machine.folder, 'serial.sock');
  const log = join(machine.folder, 'serial.log');
  const text = Buffer.from(Array.from({ length: 1000 }, (_, i) => `line ${i}\n`).join(''));
  const server = createServer((socket) => socket.end(text));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const closed = new Promise((resolve) =>
    server.once('connection', (s) => s.once('close', resolve)),
  );
  const keeper = await keepSerialLog(path, log, { limitBytes: 3000 });
  await closed;
  await keeper[Symbol.asyncDispose]();
  const kept = readFileSync(`${log}.1`, 'utf8') + readFileSync(log, 'utf8');
  assert.ok(kept.length <= 6000 && kept.length > 3000, `${kept.length} bytes`);
  assert.ok(text.toString().endsWith(kept));
  server.close();
});

test('a real serial port without a reader does not stop the guest', async () => {
  await using machine = testMachine();
  const serialSocket = join(machine.folder, 'serial.sock');
  const qemu = await machine.launch({ serialSocket });
  assert.ok(existsSync(serialSocket));
  const keeper = await keepSerialLog(serialSocket, join(machine.folder, 'serial.log'));
  await keeper[Symbol.asyncDispose]();
  const again = connect(serialSocket);
  await new Promise<void>((resolve) => again.once('connect', () => resolve()));
  again.destroy();
  assert.match(JSON.stringify(await qemu.qmp.execute('query-status')), /running/);
});

test('a QEMU that does not get on with saving its state is told, and goes on when it can', async () => {
  await using machine = testMachine();
  const { qmp, resume } = await machine.launch();
  // A pipe that nobody reads is a disk that takes nothing any more.
  const pipe = join(machine.folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const fd = openSync(pipe, 'r+');
  await qmp.execute('stop');
  await assert.rejects(saveState(qmp, fd, AbortSignal.timeout(30_000), { stallMs: 1500 }), {
    code: 'TIMED_OUT',
    message: /has not gone on for 1\.5 seconds/,
  });
  const resumed = qmp.nextEvent('RESUME', AbortSignal.timeout(30_000));
  void resume().catch(() => {});
  // A process of its own: a read that waits in ours would keep it from ending.
  await using _drain = own(spawn('cat', [pipe], { stdio: ['ignore', 'ignore', 'inherit'] }));
  await resumed;
  closeSync(fd);
  assert.match(JSON.stringify(await qmp.execute('query-status')), /running/);
});
