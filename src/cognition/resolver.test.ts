import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { commandNames, commandOf, commands } from '../contracts/index.ts';
import { createPhraseResolver } from './index.ts';

const guests = [
  { name: 'linux-desktop', title: 'Linux desktop', id: '7c9e6679f3b1', state: 'running' },
  { name: 'second-desktop', title: 'Ada’s workbench', id: 'a1b2c3d4e5f6', state: 'stopped' },
  { name: 'windows-11', title: 'Windows 11', id: '0f0f0f0f0f0f', state: 'stopped' },
];
const resolver = createPhraseResolver(commands);
const resolve = (text: string, known = guests) => resolver.resolve(text, { guests: known });

/** Sentences as people write them, and what they mean. */
const understood: readonly (readonly [string, string, Record<string, string | number>])[] = [
  ['show linux desktop', 'guest.present', { guest: 'linux-desktop' }],
  ['Show Linux Desktop', 'guest.present', { guest: 'linux-desktop' }],
  ['show me the linux desktop, please', 'guest.present', { guest: 'linux-desktop' }],
  ['Could you please show linux?', 'guest.present', { guest: 'linux-desktop' }],
  ['hey RayOS, open "linux desktop"!', 'guest.present', { guest: 'linux-desktop' }],
  ['open the windows guest', 'guest.present', { guest: 'windows-11' }],
  ["present ada's workbench", 'guest.present', { guest: 'second-desktop' }],
  ['show 7c9e6679f3b1', 'guest.present', { guest: 'linux-desktop' }],
  ['show guests', 'guest.list', {}],
  ['which guests are there?', 'guest.list', {}],
  ['show markers', 'log.markers', {}],
  ['show the audit', 'audit.list', {}],
  ['show audit', 'audit.list', {}],
  ['hide linux desktop', 'guest.hide', { guest: 'linux-desktop' }],
  ['close linux', 'guest.hide', { guest: 'linux-desktop' }],
  ['stop linux', 'guest.stop', { guest: 'linux-desktop' }],
  ['stop the linux vm now', 'guest.stop', { guest: 'linux-desktop' }],
  ['stop rayos', 'system.shutdown', {}],
  ['shut down rayos', 'system.shutdown', {}],
  ['shut down windows', 'guest.stop', { guest: 'windows-11' }],
  ['how are you?', 'system.status', {}],
  ['create a guest called Third', 'guest.create', { name: 'third' }],
  ['create guest third', 'guest.create', { name: 'third' }],
  ['take a screenshot', 'screenshot.desktop', {}],
  ['take a screenshot of the desktop', 'screenshot.desktop', {}],
  ['take a screenshot of the linux desktop', 'screenshot.guest', { guest: 'linux-desktop' }],
  ['type hello', 'input.type', { text: 'hello' }],
  ['type show linux desktop', 'input.type', { text: 'show linux desktop' }],
  ['type "Hello,  World!" she said', 'input.type', { text: '"Hello,  World!" she said' }],
  ['type hello, please', 'input.type', { text: 'hello, please' }],
  ['please type the end.', 'input.type', { text: 'the end.' }],
  ['TYPE Ärger', 'input.type', { text: 'Ärger' }],
  ['type hello into linux', 'input.type', { text: 'hello', guest: 'linux-desktop' }],
  ['type ls into linux desktop please', 'input.type', { text: 'ls', guest: 'linux-desktop' }],
  [
    'type into the void into linux',
    'input.type',
    { text: 'into the void', guest: 'linux-desktop' },
  ],
  ['type it into words', 'input.type', { text: 'it into words' }],
  ['press ctrl+l', 'input.press', { keys: 'ctrl+l' }],
  ['press Ctrl + Alt + Delete', 'input.press', { keys: 'Ctrl+Alt+Delete' }],
  ['press the enter key', 'input.press', { keys: 'enter' }],
  ['press enter in linux desktop', 'input.press', { keys: 'enter', guest: 'linux-desktop' }],
  ['press +', 'input.press', { keys: '+' }],
  ['click', 'input.click', {}],
  ['click at 640 400', 'input.click', { x: 640, y: 400 }],
  ['click 640, 400', 'input.click', { x: 640, y: 400 }],
  ['move the mouse to 12 34', 'input.mouse', { x: 12, y: 34 }],
  ['mouse 12 34', 'input.mouse', { x: 12, y: 34 }],
  ['describe linux', 'guest.show', { guest: 'linux-desktop' }],
  ['kill windows', 'guest.kill', { guest: 'windows-11' }],
  ['sign in', 'session.link', {}],
];

for (const [text, command, args] of understood) {
  test(`"${text}" means ${command}`, () => {
    assert.deepEqual(resolve(text), { understood: true, command, arguments: args });
  });
}

const refused: readonly (readonly [string, string])[] = [
  ['', 'NOT_UNDERSTOOD'],
  ['please', 'NOT_UNDERSTOOD'],
  ['type', 'NOT_UNDERSTOOD'],
  ['make me a sandwich', 'NOT_UNDERSTOOD'],
  ['do not show linux desktop', 'NOT_UNDERSTOOD'],
  ["don't stop linux", 'NOT_UNDERSTOOD'],
  ['shwo linux desktop', 'NOT_UNDERSTOOD'],
  ['click at the left of the button', 'NOT_UNDERSTOOD'],
  ['press ctrl and l', 'NOT_UNDERSTOOD'],
  ['show me how to cook rice with beans tonight', 'NOT_UNDERSTOOD'],
  ['show plan9', 'GUEST_UNKNOWN'],
  ['stop the press', 'GUEST_UNKNOWN'],
];

for (const [text, code] of refused) {
  test(`"${text}" is refused with ${code}`, () => {
    const resolution = resolve(text);
    assert.equal(resolution.understood, false);
    assert.equal(resolution.understood ? '' : resolution.error.code, code);
  });
}

test('a misspelt sentence is not carried out, but what is near is suggested', () => {
  const resolution = resolve('shwo linux desktop');
  assert.ok(!resolution.understood);
  assert.equal(resolution.suggestions[0], 'show linux desktop');
  assert.match(resolution.error.message, /"show linux desktop"/);
});

test('what was typed is not repeated in the message: it may be a secret', () => {
  const resolution = resolve('tpye hunter2');
  assert.ok(!resolution.understood);
  assert.doesNotMatch(JSON.stringify(resolution.error), /hunter2/);
});

test('a reference that two guests answer to is told, with both names', () => {
  const two = [...guests, { name: 'linux-server', title: 'Linux server', id: 'ffff', state: '' }];
  for (const text of ['show linux', 'type hello into linux']) {
    const resolution = resolve(text, two);
    assert.ok(!resolution.understood);
    assert.equal(resolution.error.code, 'GUEST_AMBIGUOUS');
    assert.match(resolution.error.next, /linux-desktop, linux-server/);
  }
  assert.ok(resolve('show linux desktop', two).understood);
});

test('two commands with the same phrase are told as ambiguous', () => {
  const twice = createPhraseResolver({
    'guest.hide': { ...commandOf('guest.hide'), phrases: ['away with {guest}'] },
    'guest.kill': { ...commandOf('guest.kill'), phrases: ['away with {guest}'] },
  });
  const resolution = twice.resolve('away with linux', { guests });
  assert.ok(!resolution.understood);
  assert.match(resolution.error.message, /guest\.hide or guest\.kill/);
});

for (const name of commandNames) {
  const { phrases, sample, arguments: schema } = commandOf(name);
  for (const phrase of phrases) {
    const sentence = phrase.replace(/\{(\w+)\}/g, (_, slot: string) => String(sample[slot]));
    test(`the phrase "${phrase}" of ${name} resolves to it`, () => {
      const resolution = resolve(sentence);
      assert.ok(resolution.understood, `"${sentence}" is not understood`);
      assert.equal(resolution.command, name);
      assert.ok(Value.Check(schema, resolution.arguments), 'and its arguments fit the schema');
      for (const [key, value] of Object.entries(resolution.arguments))
        assert.equal(value, sample[key]);
    });
    test(`courtesies around "${phrase}" change nothing but what is typed`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom('', 'please ', 'Can you ', 'hey rayos, could you '),
          fc.constantFrom('', ' please', ', thank you!', ' now.'),
          fc.boolean(),
          (before, after, shout) => {
            const said = shout ? sentence.toUpperCase() : sentence;
            const resolution = resolve(`${before}${said}${after}`);
            assert.ok(resolution.understood);
            assert.equal(resolution.command, name);
          },
        ),
      );
    });
  }
}

test('typed text arrives as it was written', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .map((value) => value.trim())
    .filter((value) => value !== '' && !/ into /i.test(value.replace(/\s/g, ' ')));
  fc.assert(
    fc.property(text, (value) => {
      assert.deepEqual(resolve(`type ${value}`), {
        understood: true,
        command: 'input.type',
        arguments: { text: value },
      });
    }),
  );
});

test('no sentence makes it throw, and none without a phrase’s fixed words is carried out', () => {
  const words = commandNames.flatMap((name) => commandOf(name).phrases.join(' ').split(/\s+/));
  const sentence = fc.array(
    fc.oneof(fc.constantFrom(...words, 'linux', 'the', '?'), fc.string({ maxLength: 8 })),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(sentence, (parts) => {
      const resolution = resolve(parts.join(' '));
      if (!resolution.understood) return;
      const said = parts.join(' ').toLowerCase();
      const isCovered = commandOf(resolution.command).phrases.some((phrase) =>
        phrase
          .split(' ')
          .filter((word) => !word.startsWith('{') && !['a', 'the'].includes(word))
          .every((word) => said.includes(word)),
      );
      assert.ok(isCovered, `${resolution.command} from "${said}"`);
    }),
    { numRuns: 500 },
  );
});

test('a sentence of the greatest length is answered at once', () => {
  const long = `type ${'into '.repeat(2000)}linux`;
  const start = performance.now();
  assert.ok(resolve(long).understood);
  assert.ok(performance.now() - start < 1000);
});
