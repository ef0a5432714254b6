import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FramerMessage } from '../../contracts/index.ts';
import { type Member, type Room, Seat } from './seat.ts';

const room = (width: number) => ({ width, height: 600, scalePercent: 100 });

function stage() {
  const held: string[] = [];
  const rooms: [number, Room][] = [];
  const seat = new Seat({
    onHeld: ({ id }) => void held.push(id),
    onRoom: (screen, wanted) => void rooms.push([screen, wanted]),
    now: () => 0,
  });
  const join = (id: string, party = id, screen = 0) => {
    const told: FramerMessage[] = [];
    const log = { releases: 0 };
    const member: Member = {
      id,
      screen,
      party,
      tell: (message) => void told.push(message),
      release: () => void log.releases++,
    };
    seat.join(member);
    seat.hear(member, { type: 'hello', encodings: [], quality: 'auto', name: id.toUpperCase() });
    return { member, log, told: () => told.at(-1) };
  };
  return { seat, held, rooms, join };
}

test('typing takes a keyboard that nobody holds; others see who has it, until that one leaves', () => {
  const { seat, held, join } = stage();
  const [ada, bob] = [join('ada'), join('bob')];
  assert.deepEqual(bob.told(), { type: 'holder', you: false, name: '', viewers: 2 });
  assert.equal(seat.mayType(ada.member), true);
  assert.equal(seat.mayType(bob.member), false);
  assert.deepEqual(bob.told(), { type: 'holder', you: false, name: 'ADA', viewers: 2 });
  assert.deepEqual(ada.told(), { type: 'holder', you: true, name: 'ADA', viewers: 2 });
  seat.leave(ada.member);
  assert.deepEqual(bob.told(), { type: 'holder', you: false, name: '', viewers: 1 });
  assert.equal(seat.mayType(bob.member), true);
  assert.deepEqual(held, ['ada', 'bob']);
});

test('taking it over lets go of what the other one holds down', () => {
  const { seat, join } = stage();
  const [ada, bob] = [join('ada'), join('bob')];
  seat.mayType(ada.member);
  const before = ada.log.releases;
  seat.hear(bob.member, { type: 'hold' });
  assert.equal(ada.log.releases, before + 1);
  assert.equal(seat.mayType(ada.member), false);
  assert.deepEqual(ada.told(), { type: 'holder', you: false, name: 'BOB', viewers: 2 });
  for (let i = 0; i < 100; i++) seat.hear(i % 2 ? bob.member : ada.member, { type: 'hold' });
  assert.ok(ada.log.releases < 10, 'two who fight for it do so a few times a second');
});

test('windows of one person hold together, on all screens', () => {
  const { seat, held, join } = stage();
  const [left, right, other] = [join('l', 'ada', 0), join('r', 'ada', 1), join('bob')];
  assert.ok(seat.mayType(left.member));
  assert.ok(seat.mayType(right.member));
  assert.ok(!seat.mayType(other.member));
  assert.deepEqual(held, ['l']);
  seat.leave(right.member);
  assert.ok(!seat.mayType(other.member));
});

test("a screen follows the window of who has the keyboard, and nobody else's", () => {
  const { seat, rooms, join } = stage();
  const [ada, bob] = [join('ada'), join('bob')];
  seat.hear(ada.member, { type: 'room', ...room(1000) });
  seat.hear(bob.member, { type: 'room', ...room(700) });
  assert.deepEqual(rooms, [[0, room(1000)]]);
  seat.mayType(bob.member);
  assert.deepEqual(rooms.at(-1), [0, room(700)]);
  seat.hear(ada.member, { type: 'room', ...room(1200) });
  seat.hear(bob.member, { type: 'room', ...room(700) });
  assert.equal(rooms.length, 2);
  seat.leave(bob.member);
  assert.deepEqual(rooms.at(-1), [0, room(1200)]);
});

test('never two persons at once, whatever happens', () => {
  const step = fc.tuple(fc.constantFrom('join', 'leave', 'type', 'hold'), fc.nat(3));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { seat, join } = stage();
      const here = new Map<number, ReturnType<typeof join>>();
      for (const [what, who] of steps) {
        const one = here.get(who);
        if (what === 'join' && one === undefined) here.set(who, join(`p${who}`));
        if (one === undefined) continue;
        if (what === 'leave') {
          here.delete(who);
          seat.leave(one.member);
        } else if (what === 'hold') seat.hear(one.member, { type: 'hold' });
        else seat.mayType(one.member);
        const holders = [...here.values()].filter((each) => {
          const told = each.told();
          return told?.type === 'holder' && told.you;
        });
        assert.ok(holders.length <= 1);
      }
    }),
  );
});
