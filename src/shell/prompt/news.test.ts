import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { RayError } from '../../contracts/index.ts';
import { until } from '../../foundation/testing-until.ts';
import { ConsoleNews } from './news.ts';

const marker = (output: string) => ({
  sequence: 1,
  time: '9999-01-01T00:00:00.000Z',
  name: 'PRESENTATION:DESKTOP_SHOWN',
  line: '',
  arguments: { output },
});

test('a marker is not written over what a command asks, but once the prompt is there again', async () => {
  const output = new PassThrough({ encoding: 'utf8' });
  const markers = new PassThrough({ objectMode: true });
  let heard = 0;
  const client = {
    async *stream() {
      for await (const value of markers) {
        yield value;
        heard++;
      }
    },
  };
  using news = new ConsoleNews(client, { output, canMove: true });
  const leave = news.whileReading(() => {});
  markers.write(marker('first'));
  await until(() => heard === 1, 'the first marker to be heard');
  assert.match(String(output.read()), /DESKTOP_SHOWN first\n$/);
  leave();
  markers.write(marker('second'));
  await until(() => heard === 2, 'the second marker to be heard');
  assert.equal(output.read(), null);
  news.whileReading(() => {})();
  assert.match(String(output.read()), /DESKTOP_SHOWN second\n$/);
  news.whileReading(() => {})();
  assert.equal(output.read(), null, 'it is written once');
  markers.end();
});

test('markers that policy does not allow are asked for once', async () => {
  let asked = 0;
  const client = {
    // biome-ignore lint/correctness/useYield: it is refused before its first value
    async *stream(): AsyncGenerator<unknown> {
      asked++;
      throw new RayError('POLICY_DENIED', 'policy does not list log.markers');
    },
  };
  using news = new ConsoleNews(client, { output: new PassThrough(), canMove: true });
  await news.over;
  assert.equal(asked, 1);
});
