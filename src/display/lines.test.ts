import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineCutter, maxLineBytes, parseDisplayLine, parseLoginLine } from './lines.ts';

test('what the display says is read, and nothing else is', () => {
  assert.deepEqual(parseDisplayLine('{"ask":"login"}'), { ask: 'login' });
  assert.deepEqual(parseDisplayLine('{"state":"shown","output":"HDMI-A-1"}'), {
    state: 'shown',
    output: 'HDMI-A-1',
  });
  assert.deepEqual(parseDisplayLine('{"state":"lost","reason":"page-crashed","more":1}'), {
    state: 'lost',
    reason: 'page-crashed',
  });
  for (const line of [
    '',
    'null',
    '[]',
    '{"ask":"everything"}',
    '{"state":"shown"}',
    '{"state":"lost","reason":7}',
    `{"state":"lost","reason":"${'x'.repeat(101)}"}`,
    '{"state":"golden","reason":"x"}',
  ])
    assert.equal(parseDisplayLine(line), undefined, line);
});

test('a login is taken only at the address of this machine', () => {
  const address = 'http://127.0.0.1:7600/#token=abc';
  assert.deepEqual(parseLoginLine(JSON.stringify({ address })), { address });
  for (const other of ['http://192.0.2.1/#token=abc', 'file:///etc/passwd', 'javascript:1', 7])
    assert.equal(parseLoginLine(JSON.stringify({ address: other })), undefined);
});

test('no text makes the readers throw, and what they give is what they promise', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const line = parseDisplayLine(text);
      if (line !== undefined) assert.ok('ask' in line || line.state.length > 0);
      parseLoginLine(text);
    }),
  );
});

test('lines are the same however a stream is cut; one without an end ends the reading', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1 }).map((line) => line.replaceAll('\n', ' '))),
      fc.integer({ min: 1, max: 7 }),
      (lines, step) => {
        const text = lines.map((line) => `${line}\n`).join('');
        const cutter = new LineCutter();
        const found: string[] = [];
        for (let at = 0; at < text.length; at += step)
          found.push(...(cutter.push(text.slice(at, at + step)) ?? []));
        assert.deepEqual(found, lines);
      },
    ),
  );
  const cutter = new LineCutter();
  assert.deepEqual(cutter.push('x'.repeat(maxLineBytes)), []);
  assert.equal(cutter.push('x'), undefined);
});
