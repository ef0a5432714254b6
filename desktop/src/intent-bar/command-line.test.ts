import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCommandLine, split } from './command-line.ts';

test('words of a command, arguments by place and by name', () => {
  assert.deepEqual(parseCommandLine('guest list'), { command: 'guest.list', arguments: {} });
  assert.deepEqual(parseCommandLine('rayos guest stop linux-desktop'), {
    command: 'guest.stop',
    arguments: { guest: 'linux-desktop' },
  });
  assert.deepEqual(parseCommandLine('guest set work --memory-mib 2048 --autostart'), {
    command: 'guest.set',
    arguments: { guest: 'work', memoryMiB: 2048, autostart: true },
  });
  assert.deepEqual(parseCommandLine('guest create second --title="My second"'), {
    command: 'guest.create',
    arguments: { name: 'second', title: 'My second' },
  });
  assert.deepEqual(parseCommandLine('type hello big world'), {
    command: 'input.type',
    arguments: { text: 'hello big world' },
  });
});

test('what is missing or unknown is said', () => {
  assert.ok('fault' in (parseCommandLine('guest stop') ?? {}));
  assert.ok('fault' in (parseCommandLine('guest list --wings') ?? {}));
});

test('sentences are no command lines', () => {
  for (const sentence of ['show linux desktop', 'please stop it', '', 'status of the world'])
    assert.equal(parseCommandLine(sentence), undefined, sentence);
});

test('quotes keep words together; whatever is typed, reading it ends', () => {
  assert.deepEqual(split(`a "b c" 'd e' "f\\"g"`), ['a', 'b c', 'd e', 'f"g']);
  fc.assert(fc.property(fc.string(), (text) => void parseCommandLine(text)));
});
