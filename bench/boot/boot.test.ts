import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { unitTimes } from './inside.ts';
import { pictureOf } from './picture.ts';

test('times of units are read as systemd-analyze writes them, and drawn', () => {
  const said = [
    { name: 'init.scope', activating: 0, activated: 0 },
    { name: 'rayosd.service', activating: 9_000_000, activated: 21_500_000, time: 12_500_000 },
    { name: 'a<b.service', activating: 8_000_000, activated: 10_000_000 },
    { name: 'never.service', activating: null },
  ];
  const encoded = gzipSync(JSON.stringify(said)).toString('base64');
  const units = unitTimes(encoded);
  assert.deepEqual(
    units.map(({ name }) => name),
    ['init.scope', 'rayosd.service', 'a<b.service'],
  );
  const picture = pictureOf('a boot', units);
  assert.match(picture, /rayosd\.service<\/text>.*12\.5 s/);
  assert.match(picture, /a&lt;b\.service/);
});
