import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptsOf, type BootEvent, type BootRecord, historyOf } from './index.ts';

function boot(bootId: string, ...events: BootEvent[]): BootRecord[] {
  return events.map((event, i) => ({
    ...{ event, bootId, version: '2', entry: 'rayos_2+2-1.efi' },
    time: `2026-11-23T19:00:0${i}.000Z`,
    monotonicMs: i * 1000,
    reason: event === 'DEADLINE' ? 'not golden after 600 s' : event.toLowerCase(),
  }));
}

test('boots, newest first: how far each came, when, and how it ended', () => {
  const records = [
    ...boot('a', 'KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN', 'GOLDEN', 'STOPPED'),
    ...boot('b', 'KERNEL', 'STOPPED'),
    ...boot('c', 'KERNEL', 'SUBSYSTEMS', 'SHELL', 'DEADLINE'),
    ...boot('d', 'KERNEL', 'SUBSYSTEMS'),
    ...boot('e', 'KERNEL'),
  ];
  const history = historyOf(records, 'e');
  assert.deepEqual(
    history.map(({ bootId, end, reason }) => [bootId, end, reason]),
    [
      ['e', 'running', 'kernel'],
      ['d', 'failed', 'subsystems'],
      ['c', 'failed', 'not golden after 600 s'],
      ['b', 'clean', 'stopped'],
      ['a', 'golden', 'stopped'],
    ],
  );
  assert.deepEqual(history.at(-1)?.stages.at(-1), { stage: 'GOLDEN', afterMs: 3000 });
  assert.deepEqual(historyOf([]), []);
});

test('a deadline is a failure, although the shutdown that follows is an orderly one', () => {
  for (const events of [
    ['KERNEL', 'DEADLINE', 'STOPPED'],
    ['KERNEL', 'STOPPED', 'DEADLINE'],
  ] as BootEvent[][])
    assert.equal(attemptsOf(boot('a', ...events))[0]?.end, 'failed');
});
