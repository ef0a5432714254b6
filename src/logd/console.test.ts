import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type ConsoleCalls, MarkerConsole } from './console.ts';

class Full extends Error {
  readonly code = 'EAGAIN';
}

/** A console that takes so many bytes, then says that it is full. */
function serial(room: { bytes: number }): {
  readonly calls: ConsoleCalls;
  text(): string;
  opened: number;
} {
  const said: Buffer[] = [];
  const port = {
    opened: 0,
    text: () => Buffer.concat(said).toString(),
    calls: {
      open: () => ++port.opened,
      write: (_descriptor: number, bytes: Uint8Array) => {
        if (room.bytes === 0) throw new Full();
        const taken = Math.min(room.bytes, bytes.length);
        room.bytes -= taken;
        said.push(Buffer.from(bytes.subarray(0, taken)));
        return taken;
      },
      close: () => {},
    },
  };
  return port;
}

test('each marker is a line of its own', () => {
  const port = serial({ bytes: 1e9 });
  using console = new MarkerConsole('/dev/console', port.calls);
  console.print('RAYOS_A:B');
  console.print('RAYOS_C:D');
  assert.equal(port.text(), '\r\nRAYOS_A:B\r\n\r\nRAYOS_C:D\r\n');
});

test('a port that does not drain holds nobody up; what was dropped is counted and said', (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout'] });
  const room = { bytes: 5 };
  const port = serial(room);
  using console = new MarkerConsole('/dev/console', port.calls);
  const line = `RAYOS_GUEST:CREATED:${'g'.repeat(1000)}`;
  for (let i = 0; i < 1000; i++) console.print(line);
  assert.equal(port.text().length, 5);
  assert.ok(console.dropped > 700 && console.dropped < 800, `${console.dropped} of 1000`);
  const { dropped } = console;
  room.bytes = 1e9;
  mock.timers.tick(100);
  const lines = port
    .text()
    .split('\r\n')
    .filter((text) => text !== '');
  assert.equal(lines.length, 1000 - dropped + 1);
  assert.equal(lines.at(-1), `RAYOS_LOG:MARKERS_DROPPED:${dropped}`);
  assert.ok(
    lines.slice(0, -1).every((text) => text === line),
    'whole lines in order',
  );
  assert.equal(console.dropped, 0);
});

test('a console that is hung up is opened again, and the line is said then', (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout'] });
  const port = serial({ bytes: 1e9 });
  let isGone = true;
  using console = new MarkerConsole('/dev/console', {
    ...port.calls,
    write: (descriptor, bytes) => {
      if (isGone) throw new Error('input/output error');
      return port.calls.write(descriptor, bytes);
    },
  });
  console.print('RAYOS_A:B');
  isGone = false;
  mock.timers.tick(100);
  assert.equal(port.text(), '\r\nRAYOS_A:B\r\n');
  assert.equal(port.opened, 2);
});
