import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { suggest } from './suggest.ts';

const stopped = { name: 'linux-desktop', state: 'stopped', presented: false } as const;
const shown = { name: 'linux-desktop', state: 'running', presented: true } as const;
const texts = (typed: string, guests: Parameters<typeof suggest>[1]) =>
  suggest(typed, guests).map((s) => s.text);

test('with nothing typed, what makes sense now comes first', () => {
  assert.equal(texts('', [stopped])[0], 'show linux desktop');
  assert.equal(texts('', [shown])[0], 'hide linux desktop');
  assert.ok(!texts('', [stopped]).includes('delete linux desktop'));
});

test('a beginning is enough, and a guest alone is too', () => {
  assert.equal(texts('sho', [stopped])[0], 'show linux desktop');
  assert.ok(texts('linux', [shown]).includes('hide linux desktop'));
  assert.equal(texts('kill', [shown])[0], 'kill linux desktop');
  assert.equal(texts('DELETE linux-d', [stopped])[0], 'delete linux desktop');
});

test('words of what a command does find it', () => {
  assert.ok(suggest('window away', [shown]).some((s) => s.command === 'guest.hide'));
});

test('a phrase that needs more is offered up to there', () => {
  const [first] = suggest('type', [shown]);
  assert.deepEqual([first?.text, first?.open, first?.command], ['type ', true, 'input.type']);
});

test('whatever is typed, suggestions are few, different and without braces', () => {
  fc.assert(
    fc.property(fc.string(), (typed) => {
      const found = texts(typed, [stopped, { ...shown, name: 'second' }]);
      assert.ok(found.length <= 7);
      assert.ok(found.every((t) => !/[{}]/.test(t)));
    }),
  );
});
