import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HandlerParts, makeHandlers } from './handlers.ts';

test('input ends with its caller, and is marked where it is observed: in presentation', async () => {
  const marks: string[] = [];
  let given: AbortSignal | undefined;
  const parts = {
    guests: { list: () => [], row: () => ({ name: 'linux', title: 'Linux' }) },
    presentation: {
      newest: 'id-1',
      surfaces: () => [],
      surfaceOf: () => 'linux.0',
      input: async (_id: string, _request: object, options: { signal: AbortSignal }) => {
        given = options.signal;
        return 4;
      },
    },
    recorder: { mark: (name: string) => marks.push(name) },
  } as unknown as HandlerParts;
  const { signal } = new AbortController();
  const actor = { kind: 'person', name: 'person:test' } as const;
  const result = await makeHandlers(parts)['input.type'].run({ text: 'ls' }, { actor, signal });
  assert.deepEqual(result, { guest: 'linux', events: 4 });
  assert.equal(given, signal);
  assert.deepEqual(marks, []);
});
