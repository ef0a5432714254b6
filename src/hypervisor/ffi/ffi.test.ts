import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { DescriptorSocket } from './descriptor-socket.ts';
import { closeDescriptor, shutdownSocket, socketPair } from './descriptors.ts';
import { checkLayout } from './layout.ts';
import { holdProcess, startTimeOf } from './process.ts';
import { Receiver } from './receive.ts';
import { sendBlocking, sendWithDescriptors } from './send.ts';

/** The kernel's flags of an open descriptor; 02000000 is close-on-exec. */
function flagsOf(fd: number): number {
  const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
  return Number.parseInt(/^flags:\s+(\d+)/m.exec(info)?.[1] ?? '0', 8);
}

const O_CLOEXEC = 0o2000000;

test('this machine lays out the socket structs as the code assumes', () => {
  checkLayout();
});

test('a descriptor that is sent arrives as another one for the same file, closed on exec', () => {
  const [ours, theirs] = socketPair();
  const file = openSync('/etc/passwd', 'r');
  assert.equal(sendWithDescriptors(ours, Buffer.from('here'), [file]), 4);
  closeSync(file);
  const received = new Receiver(theirs, 100).receive();
  assert.equal(Buffer.from(received.bytes).toString(), 'here');
  assert.equal(received.fds.length, 1);
  assert.equal(received.isTruncated, false);
  const [fd = -1] = received.fds;
  assert.equal(readlinkSync(`/proc/self/fd/${fd}`), '/etc/passwd');
  for (const each of [fd, ours, theirs]) {
    assert.equal(flagsOf(each) & O_CLOEXEC, O_CLOEXEC);
    closeDescriptor(each);
  }
});

test('shutting a socket down ends the stream of the other side', () => {
  const [ours, theirs] = socketPair();
  sendBlocking(ours, Buffer.from('x'));
  shutdownSocket(ours);
  const receiver = new Receiver(theirs, 100);
  assert.equal(receiver.receive().bytes.length, 1);
  assert.equal(receiver.receive().bytes.length, 0);
  closeDescriptor(ours);
  closeDescriptor(theirs);
});

test('descriptors do not overtake bytes that Node still holds', async () => {
  const [ours, theirs] = socketPair();
  const socket = new DescriptorSocket(ours, 'the other side', () => {});
  const large = Buffer.alloc(900_000, 'a'); // more than the kernel takes at once
  const file = openSync('/etc/passwd', 'r');
  const sent = [
    socket.send(large),
    socket.send(Buffer.from('b'), [file]),
    socket.send(Buffer.from('c')),
  ];
  const receiver = new Receiver(theirs, 65536);
  let text = '';
  let descriptorsAt = -1;
  while (text.length < large.length + 2) {
    await new Promise(setImmediate); // this one thread is both sides
    const { bytes, fds } = receiver.receive();
    text += Buffer.from(bytes).toString();
    if (fds.length > 0) descriptorsAt = text.length;
    for (const fd of fds) closeDescriptor(fd);
  }
  await Promise.all(sent);
  assert.equal(text.slice(-2), 'bc');
  assert.ok(descriptorsAt > large.length, `descriptors came with byte ${descriptorsAt}`);
  closeSync(file);
  await socket[Symbol.asyncDispose]();
  closeDescriptor(theirs);
});

test('a socket whose other side does not read refuses more than a megabyte', async () => {
  const [ours, theirs] = socketPair();
  const socket = new DescriptorSocket(ours, 'the other side', () => {});
  const first = socket.send(Buffer.alloc(1_000_000));
  first.catch(() => {});
  await assert.rejects(socket.send(Buffer.alloc(100_000)), { code: 'QEMU_PROTOCOL' });
  await socket[Symbol.asyncDispose]();
  await assert.rejects(first);
  closeDescriptor(theirs);
});

test('a process is held by its start time, not by its number alone', () => {
  const startTime = startTimeOf(process.pid);
  assert.ok(startTime !== undefined && startTime > 0);
  assert.equal(holdProcess(process.pid, startTime + 1), undefined);
  const held = holdProcess(process.pid, startTime);
  assert.ok(held);
  held.release();
});
