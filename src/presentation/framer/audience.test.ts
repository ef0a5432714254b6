import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { initialCredit, readFrame } from '../../contracts/index.ts';
import { Damage } from '../../hypervisor/index.ts';
import { InputQueue } from '../../input/index.ts';
import { Audience } from './audience.ts';
import { Canvas } from './canvas.test-helper.ts';
import { Surface } from './surface.ts';
import { Viewer } from './viewer.ts';

const nothing = async () => {};
const sink = {
  keyboard: { press: nothing, release: nothing },
  mouse: { setAbsPosition: nothing, press: nothing, release: nothing },
};

/** A guest with a screen of two tiles, and viewers whose sockets are lists. */
function stage() {
  let now = 1000;
  let work: (() => void) | undefined;
  const canvas = new Canvas(128, 64);
  const surface = new Surface(128, 64);
  let damage: Damage | undefined = Damage.all(128, 64);
  let reads = 0;
  const queue = new InputQueue({ sink, screen: () => surface });
  const audience = new Audience({
    surface: 's',
    screen: () => ({
      surface,
      idle: undefined,
      damagedAt: now,
      refresh() {
        if (damage === undefined) return false;
        reads++;
        const isChanged = surface.refresh(canvas, damage);
        damage = undefined;
        return isChanged;
      },
    }),
    onFrame: () => {},
    soon: (next) => {
      work = next;
    },
    now: () => now,
  });
  const settle = () => {
    while (work !== undefined) {
      const next = work;
      work = undefined;
      next();
    }
  };
  const join = () => {
    const log: { frames: number[]; texts: unknown[]; events: string[] } = {
      frames: [],
      texts: [],
      events: [],
    };
    const socket = {
      bufferedAmount: 0,
      send(data: string | Uint8Array) {
        if (typeof data === 'string') log.texts.push(JSON.parse(data));
        else if (data[0] === 1) log.frames.push(readFrame(exact(data)).header.frame);
        else log.events.push('cursor');
      },
      ping: () => log.events.push('ping'),
      close: (code: number, reason: string) => log.events.push(`close ${code} ${reason}`),
      terminate: () => log.events.push('terminate'),
    };
    const viewer = new Viewer(
      'v',
      socket,
      queue.open(),
      {
        onReady: () => audience.wake(),
        onStalled: () => log.events.push('stalled'),
        onRefused: () => {},
      },
      now,
    );
    audience.add(viewer);
    settle();
    const draw = (frame: number | undefined) => {
      viewer.receive(JSON.stringify({ type: 'drawn', frame }), now);
      settle();
    };
    return { viewer, log, socket, draw };
  };
  const change = (color: number) => {
    canvas.draw({ x: 0, y: 0, width: 10, height: 10 }, color);
    damage = Damage.all(128, 64);
    audience.wake();
    settle();
  };
  const pass = (ms: number) => {
    now += ms;
    audience.tick(now);
  };
  return { audience, join, change, pass, settle, surface, reads: () => reads, now: () => now };
}

function exact(data: Uint8Array): ArrayBuffer {
  return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
}

test('a viewer that draws nothing gets its credit and no more; the others go on', () => {
  const { join, change } = stage();
  const stalled = join();
  const lively = join();
  for (let i = 1; i <= 50; i++) {
    change(i);
    lively.draw(lively.log.frames.at(-1));
  }
  assert.equal(stalled.log.frames.length, initialCredit);
  assert.ok(lively.log.frames.length >= 50);
});

test('when it draws again it gets the newest state, once', () => {
  const { join, change, surface } = stage();
  const { log, draw } = join();
  for (let i = 1; i <= 20; i++) change(i);
  draw(log.frames[0]);
  assert.equal(log.frames.length, initialCredit + 1);
  assert.equal(log.frames.at(-1), surface.version);
});

test('without credit anywhere nothing is read', () => {
  const { join, change, reads } = stage();
  join();
  for (let i = 1; i <= 20; i++) change(i);
  assert.equal(reads(), initialCredit);
});

test('a viewer whose socket is full is sent nothing until it drains', () => {
  const { join, change } = stage();
  const { log, socket, draw } = join();
  socket.bufferedAmount = 5 << 20;
  change(1);
  draw(log.frames[0]);
  assert.equal(log.frames.length, 1);
});

test('a stall is told once, and again only after it was over', () => {
  const { join, change, pass } = stage();
  const { log, draw } = join();
  change(1);
  for (let i = 0; i < 10; i++) pass(1000);
  assert.deepEqual(log.events.filter((event) => event === 'stalled').length, 1);
  draw(log.frames[0]);
  draw(log.frames[1]);
  change(2);
  change(3);
  pass(2500);
  assert.deepEqual(log.events.filter((event) => event === 'stalled').length, 2);
});

test('a viewer that was sent all is not stalled, however long nothing happens', () => {
  const { join, pass } = stage();
  const { log } = join();
  pass(9000);
  assert.ok(!log.events.includes('stalled'));
});

test('a dead connection is pinged, then ended', () => {
  const { join, pass } = stage();
  const { log } = join();
  for (let i = 0; i < 31; i++) pass(1000);
  assert.ok(log.events.includes('ping'));
  assert.equal(log.events.at(-1), 'terminate');
});

test('what is not the protocol ends the viewer with 1008 and a reason', () => {
  const { join, change, now } = stage();
  for (const [data, reason] of [
    ['{}', 'not a message of this protocol'],
    [undefined, 'not a message of this protocol'],
    ['{"type":"drawn","frame":999}', 'drawn names a frame that is not out'],
  ] as const) {
    const { viewer, log } = join();
    viewer.receive(data, now());
    assert.deepEqual(log.events, [`close 1008 ${reason}`]);
    const before = log.frames.length;
    change(now());
    assert.equal(log.frames.length, before);
  }
  const { viewer, log } = join();
  for (let i = 0; i < 5000; i++) viewer.receive('{"type":"blur"}', now());
  assert.deepEqual(log.events, ['close 1008 too many messages in a second']);
});

test('whatever viewers do, none has more frames out than its credit, and versions only grow', () => {
  const step = fc.oneof(
    fc.record({ change: fc.nat(1000) }),
    fc.record({ draws: fc.nat(2) }),
    fc.record({ ms: fc.nat(3000) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { join, change, pass, surface } = stage();
      const viewers = [join(), join(), join()];
      const drawn = [0, 0, 0];
      for (const what of steps) {
        if ('change' in what) change(what.change);
        else if ('ms' in what) pass(what.ms);
        else {
          const { log, draw } = viewers[what.draws] ?? join();
          const next = log.frames[drawn[what.draws] ?? 0];
          if (next === undefined) continue;
          drawn[what.draws] = (drawn[what.draws] ?? 0) + 1;
          draw(next);
        }
        for (const [i, { log }] of viewers.entries()) {
          assert.ok(log.frames.length - (drawn[i] ?? 0) <= initialCredit);
          assert.deepEqual(
            log.frames,
            [...new Set(log.frames)].sort((a, b) => a - b),
          );
          const hasCredit = log.frames.length - (drawn[i] ?? 0) < initialCredit;
          if (hasCredit) assert.equal(log.frames.at(-1), surface.version);
        }
      }
    }),
  );
});
