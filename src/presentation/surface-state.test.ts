import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMarker } from '../contracts/index.ts';
import { Conduct, maxViewers } from './conduct.ts';
import { FramerUsers, maxFramers } from './framer-users.ts';
import { SurfaceState } from './surface-state.ts';

test('a guest that flips its mode makes few markers, and the newest one counts', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const lines: string[] = [];
  let changes = 0;
  const guest = { id: 'g', name: 'g', title: 'G', openChannel: async () => 0 };
  const state = new SurfaceState(guest, 0, {
    mark: (name, args) => void lines.push(formatMarker(name, args)),
    onChange: () => void changes++,
    onFirstFrame: () => {},
  });
  for (let i = 1; i <= 3000; i++) {
    state.hear({ type: 'scanout', head: 0, width: i, height: 480, path: 'map' });
    assert.equal(state.describe().width, i);
    state.hear({ type: 'idle', head: 0, reason: 'refused', detail: `no ${i}` });
    state.hear({ type: 'frame', head: 0, framesRead: i });
    state.hear({ type: 'viewer-stalled', viewer: 'v' });
    state.hear({ type: 'input-sent', kind: 'key', count: 1 });
    state.hear({ type: 'input-released', keys: 1 });
    state.hear({ type: 'input-refused', reason: `no ${i}` });
    t.mock.timers.tick(1);
  }
  state.end();
  const of = (event: string) => lines.filter((line) => line.includes(`:${event}:`));
  assert.ok(of('SCANOUT').length <= 14, `${of('SCANOUT').length} of scanouts`);
  assert.ok(changes <= 14);
  assert.equal(of('SCANOUT').at(-1), 'RAYOS_PRESENTATION:SCANOUT:g.0:3000:480:map');
  assert.equal(of('SCANOUT_REFUSED').at(-1), 'RAYOS_PRESENTATION:SCANOUT_REFUSED:g.0:no_3000');
  assert.ok(lines.length < 80, `${lines.length} markers`);
  const keys = of('SENT').map((line) => Number(line.split(':').at(-1)));
  assert.equal(
    keys.reduce((sum, count) => sum + count, 0),
    3000,
  );
});

test('a framer speaks only of viewers that it was given, and has no more than it may', () => {
  const conduct = new Conduct(0);
  const say = (type: 'viewer-joined' | 'viewer-left' | 'viewer-stalled', viewer: string) =>
    conduct.faultOf({ type, viewer }, 0);
  assert.match(say('viewer-left', 'v') ?? '', /that it has not/);
  assert.match(say('viewer-stalled', 'v') ?? '', /that it has not/);
  for (let i = 0; i < maxViewers; i++) {
    assert.ok(conduct.sending(`v${i}`));
    assert.equal(say('viewer-joined', `v${i}`), undefined);
  }
  assert.match(say('viewer-joined', 'v0') ?? '', /was not given/);
  assert.ok(conduct.sending('more'));
  assert.match(say('viewer-joined', 'more') ?? '', /more than 64 viewers/);
  for (let i = 0; i < maxViewers; i++) assert.ok(conduct.sending(`w${i}`));
  assert.ok(!conduct.sending('one too many'));
  assert.equal(say('viewer-left', 'w0'), undefined);
  assert.ok(conduct.sending('again'));
});

test('no two framers have the same user, and one that ended lends its own late', () => {
  const users = new FramerUsers(1_899_999_999);
  const first = users.take();
  assert.equal(first, 1_899_999_999);
  users.release(first);
  const all = Array.from({ length: maxFramers }, () => users.take());
  assert.equal(new Set(all).size, maxFramers);
  assert.ok(Math.max(...all) < 1_900_000_000);
  assert.equal(all.at(-1), first);
  assert.throws(() => users.take(), /framers run already/);
});
