// What a person hears, touches, types and copies, end to end: headless Chromium, framer, QEMU, and the Linux
// desktop with its own sound system, compositor and clipboard.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decode } from 'fast-png';
import type { Page } from 'playwright-core';
import { until as seen } from '../src/foundation/testing-until.ts';
import { drawn, healing, TestBrowser } from './harness/browser.ts';
import { inGuest } from './harness/guest-shell.ts';
import { pitchOf } from './harness/pitch.ts';
import { TestRayos } from './harness/rayos.ts';

const guest = 'linux-desktop';
const surface = 'linux-desktop.0';
const patience = { timeout: 240_000 };

let rayos: TestRayos;
let browser: TestBrowser;
let page: Page;

before(async () => {
  rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  await rayos.run('guest.present', { guest });
  browser = await TestBrowser.start();
  const address = await rayos.address();
  page = await browser.open(address);
  page.setDefaultTimeout(20_000);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], {
    origin: new URL(address).origin,
  });
  await drawn(page, surface);
});

after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await rayos?.[Symbol.asyncDispose]();
});

const run = (line: string) => inGuest(rayos, guest, line);
/** Waits in the guest until this holds there: for 20 s of its own waiting at most. */
async function until(what: string): Promise<void> {
  const said = await run(
    `for i in $(seq 100); do ${what} && echo 'is ''so' && break; sleep 0.2; done`,
  );
  assert.ok(said.includes('is so'), `in the guest this never held: ${what}\n${said}`);
}
const host = () => page.locator(`[data-surface="${surface}"]`);
const bar = () => page.locator(`[data-window-bar="${surface}"]`);
/** Gives the guest the keyboard, without a click that would land somewhere in it. */
const enter = async () => {
  await bar().focus();
  await host().focus();
};

/** Waits until the page's clipboard has this text. (`waitForFunction` would take a promise for a yes.) */
async function copied(text: string): Promise<void> {
  const inPage = () => page.evaluate(() => navigator.clipboard.readText());
  await seen(async () => (await inPage()) === text, `"${text}" in the page`, { said: inPage });
}

/** The first tone that the window plays and that is as it should be. */
async function hears(isRight: (hertz: number) => boolean, signal: AbortSignal): Promise<number> {
  let last: number | undefined;
  while (!signal.aborted) {
    const heard = await page.evaluate((id) => globalThis.rayos.sound(id), surface);
    last = heard && pitchOf(heard.samples, heard.rate);
    if (last !== undefined && isRight(last)) return last;
    await page.waitForTimeout(200);
  }
  throw new Error(`the right tone was not heard; the last one had ${last} Hz`);
}

/** Waits until the window's loudspeaker says this. */
async function sound(state: string): Promise<void> {
  try {
    await page.locator(`[data-sound="${state}"]`).waitFor();
  } catch {
    const says = page.locator('[data-sound]').evaluateAll((all) => all.map((one) => one.outerHTML));
    throw new Error(`the loudspeaker is not ${state}: ${(await says).join() || 'there is none'}`);
  }
}

test(
  'a tone that the guest plays is heard in its window; silence, mute and a saved guest',
  patience,
  async (t) => {
    const { devices, sound: hasSound } = await rayos.run('guest.show', { guest });
    assert.ok(hasSound && devices.includes('sound card (out)'));
    // A page may sound once a person has clicked in it.
    await bar().click();
    await enter();
    await sound('silent');
    // The guest's sound server may be on its way still.
    const tone = 'speaker-test -D default -c 2 -t sine -f 440 -l 0 >/dev/null 2>&1';
    await run(`(while [ ! -e /tmp/enough ]; do ${tone}; sleep 0.5; done &)`);
    await sound('playing');
    const near = (wanted: number) => (hertz: number) => Math.abs(hertz - wanted) <= 3;
    await hears(near(440), t.signal);

    // Sound off and on by its key, on the window's title bar: what is heard then is new.
    const offAndOn = async () => {
      await bar().press('s');
      await sound('muted');
      assert.equal(await page.evaluate((id) => globalThis.rayos.sound(id), surface), undefined);
      await bar().press('s');
      await hears(near(440), t.signal);
    };
    await offAndOn();

    // The next framer listens as the one before did.
    const [shown] = (await rayos.run('surface.list', {})).surfaces;
    const healed = healing(page, surface);
    assert.ok(shown?.framerPid);
    process.kill(shown.framerPid, 'SIGKILL');
    await healed;
    await offAndOn();

    // It sounds on where it was after it has been saved to disk.
    await rayos.run('guest.suspend', { guest });
    await rayos.run('guest.present', { guest });
    await hears(near(440), t.signal);
    await rayos.run('snapshot.take', { guest, name: 'sounding' });
    await hears(near(440), t.signal);
    await run('touch /tmp/enough; killall speaker-test');
    await sound('silent');
  },
);

/** A key as a browser tells of it on a keyboard of any layout: where it lies, what it means there, what is held. */
type Stroke = {
  readonly code: string;
  /** What the layout makes of it; RayOS leaves that to the guest. */
  readonly key?: string;
  readonly shift?: boolean;
  readonly altGr?: boolean;
  readonly caps?: boolean;
};

/** Types as a keyboard does: with the modifiers' own keys, and their state in every event. */
async function typeStrokes(strokes: readonly Stroke[]): Promise<void> {
  await enter();
  await page.evaluate(
    ([id, all]) => {
      const target = document.querySelector(`[data-surface="${id}"]`);
      const tell = (type: string, code: string, key: string, held: Stroke) =>
        target?.dispatchEvent(
          new KeyboardEvent(type, {
            code,
            key,
            bubbles: true,
            cancelable: true,
            shiftKey: held.shift === true,
            modifierAltGraph: held.altGr === true,
            modifierCapsLock: held.caps === true,
          }),
        );
      for (const stroke of all) {
        const { code, key = 'Unidentified', shift, altGr } = stroke;
        if (shift) tell('keydown', 'ShiftLeft', 'Shift', stroke);
        if (altGr) tell('keydown', 'AltRight', 'AltGraph', stroke);
        tell('keydown', code, key, stroke);
        tell('keyup', code, key, stroke);
        const free = { code, ...(stroke.caps ? { caps: true } : {}) };
        if (altGr) tell('keyup', 'AltRight', 'AltGraph', free);
        if (shift) tell('keyup', 'ShiftLeft', 'Shift', free);
      }
    },
    [surface, strokes] as const,
  );
}

/** What arrives in a terminal of the guest for what `type` types. */
async function arrives(type: () => Promise<void>): Promise<string> {
  await run(`${listen}; pkill foot; rm -f ${typed} /tmp/listening; true`);
  await rayos.run('guest.open', { guest, what: 'listen-to-keys' });
  // A window has the keyboard some time after it was opened: a key is pressed until one has come. Spaces of
  // this may still be under way then; no layout makes anything else of them, and they are not counted.
  await seen(
    async () => {
      await rayos.run('input.press', { guest, keys: 'space' });
      return (await run(`ls /tmp/listening`)).includes('No such file') ? undefined : true;
    },
    'a terminal that has the keyboard',
    { limitMs: 30_000 },
  );
  await type();
  await page.keyboard.press('Enter');
  await until(`[ "$(wc -l <${typed})" -gt 0 ]`);
  const printed = await run(`echo "typed:$(base64 -w0 ${typed}):end"`);
  const line = /typed:([A-Za-z0-9+/=]*):end/.exec(printed)?.[1] ?? '';
  return Buffer.from(line, 'base64').toString().trim();
}

const typed = '/tmp/typed';
/** A program by that name, which writes down each key as it gets it. No sudo: it would eat what is typed next. */
const listen = [
  `printf '#!/bin/sh\\nstty -icanon -echo\\ndd bs=16 count=1 >/dev/null 2>&1\\n: >/tmp/listening\\ncat >${typed}\\n' >~/listen; chmod 755 ~/listen`,
  'mkdir -p ~/.local/share/applications',
  `printf '[Desktop Entry]\\nType=Application\\nName=Listen\\nExec=foot /home/ray/listen\\n' >~/.local/share/applications/listen-to-keys.desktop`,
].join('; ');
/** Takes a layout. The compositor does one thing after the other: it has taken it when it answers what is asked next. */
const layout = (names: string) =>
  run(`/usr/lib/rayos/keyboard-layout ${names} && wlr-randr >/dev/null`);
const dead = 'Dead';

test(
  'German, French and US-international keyboards type what is on their keys, dead keys and AltGr too',
  patience,
  async () => {
    for (const [names, strokes, text] of [
      [
        'de',
        [
          { code: 'KeyY', key: 'z' },
          { code: 'KeyZ', key: 'y' },
          { code: 'Minus', key: 'ß' },
          { code: 'Semicolon', key: 'ö' },
          { code: 'Quote', key: 'Ä', shift: true },
          { code: 'IntlBackslash', key: '<' },
          { code: 'Digit7', key: '/', shift: true },
          { code: 'KeyQ', key: '@', altGr: true },
          { code: 'KeyE', key: '€', altGr: true },
          { code: 'Equal', key: dead },
          { code: 'KeyE', key: 'é' },
          { code: 'Backquote', key: dead },
          { code: 'KeyA', key: 'â' },
        ],
        'zyßöÄ</@€éâ',
      ],
      [
        'fr',
        [
          { code: 'KeyQ', key: 'a' },
          { code: 'Digit2', key: 'é' },
          { code: 'Digit1', key: '1', shift: true },
          { code: 'Digit0', key: '@', altGr: true },
          { code: 'BracketLeft', key: dead },
          { code: 'KeyE', key: 'ê' },
          { code: 'BracketLeft', key: dead, shift: true },
          { code: 'KeyI', key: 'ï' },
          { code: 'Semicolon', key: 'm' },
        ],
        'aé1@êïm',
      ],
      [
        'us intl',
        [
          { code: 'Quote', key: dead },
          { code: 'KeyE', key: 'é' },
          { code: 'Quote', key: dead, shift: true },
          { code: 'KeyU', key: 'ü' },
          { code: 'KeyS', key: 'ß', altGr: true },
          { code: 'Quote', key: dead },
          { code: 'Space', key: "'" },
          { code: 'KeyZ', key: 'z' },
        ],
        "éüß'z",
      ],
    ] as const) {
      await layout(names);
      assert.equal(await arrives(() => typeStrokes(strokes)), text, names);
    }
  },
);

test(
  "Caps Lock is the person's, a held key repeats in the guest, and stops when it is let go",
  patience,
  async () => {
    await layout('us');
    const caps = await arrives(async () => {
      await typeStrokes([{ code: 'KeyA', key: 'A', caps: true }]);
      // The light is what tells both sides; a person is slower than it.
      await page.locator(`[data-surface="${surface}"][data-caps="true"]`).waitFor();
      await typeStrokes([{ code: 'KeyB', key: 'b' }]);
    });
    assert.equal(caps, 'Ab');
    const repeated = await arrives(async () => {
      await enter();
      await page.keyboard.down('x');
      // The browser repeats too, which is not to be passed on.
      for (let i = 0; i < 4; i++) await page.keyboard.down('x');
      await until(`[ "$(tr -dc x <${typed} | wc -c)" -ge 5 ]`);
      await page.keyboard.up('x');
      await page.keyboard.press('y');
    });
    assert.match(repeated, /^x{5,}y$/);
  },
);

test(
  'text and pictures are copied both ways, once the person has said so; what is too much is refused',
  patience,
  async () => {
    // Copied in the guest first: that asks.
    await enter();
    await run("printf 'from the guest: “€” 漢字' | wl-copy");
    await page.getByRole('button', { name: 'Share' }).click();
    await copied('from the guest: “€” 漢字');
    assert.equal((await rayos.run('guest.show', { guest })).clipboard, 'allow');

    // By command.
    await rayos.run('clipboard.write', { guest, data: 'by command: ü' });
    await until("wl-paste -n | grep -q 'by command: ü'");
    assert.match(await run('wl-paste -n; echo'), /by command: ü/);

    // From the page: it goes over when the window is entered.
    const leave = () => bar().focus();
    await leave();
    await page.evaluate(() => navigator.clipboard.writeText('from the page: ß'));
    await enter();
    await until("wl-paste -n | grep -q 'from the page: ß'");
    assert.match(await run('wl-paste -n; echo'), /from the page: ß/);

    // A picture from the page. The browser writes its own PNG of it.
    await leave();
    await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(3, 2);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.fillStyle = '#10a0f0';
      context.fillRect(0, 0, 3, 2);
      const picture = await canvas.convertToBlob({ type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
    });
    await enter();
    const printed = await run(
      'for i in $(seq 100); do wl-paste -l | grep -qx image/png && break; sleep 0.2; done; wl-paste -t image/png | base64 -w0; echo',
    );
    const png = /iVBORw0KGgo[A-Za-z0-9+/]+=*/.exec(printed)?.[0] ?? '';
    const { width, height, data } = decode(Buffer.from(png, 'base64'));
    assert.deepEqual([width, height, data[0], data[1], data[2]], [3, 2, 0x10, 0xa0, 0xf0]);

    // A picture from the guest: that of its screen, which is large.
    await run('grim /tmp/screen.png && wl-copy -t image/png </tmp/screen.png');
    const widthOfCopied = async () => {
      for (const item of await navigator.clipboard.read()) {
        if (!item.types.includes('image/png')) continue;
        return (await createImageBitmap(await item.getType('image/png'))).width;
      }
      return 0;
    };
    await seen(async () => (await page.evaluate(widthOfCopied)) > 300, 'the picture in the page');

    // More than 8 MiB does not leave the guest, and what is small after it does.
    // It was looked at when the guest's part has read that much; what comes later comes after it here, too.
    const read = `$(sed -n 's/^rchar: //p' /proc/$(pgrep -fx '.*rayos/clipboard')/io)`;
    await run(`before=${read}; head -c 9000000 /dev/zero | tr "\\0" a | wl-copy -t text/plain`);
    await until(`[ $((${read} - before)) -gt 8388608 ]`);
    await run('printf small | wl-copy');
    await copied('small');
    const passed = rayos.markers.filter(({ name }) => name === 'GUEST:CLIPBOARD');
    assert.ok(passed.every(({ arguments: { bytes } }) => Number(bytes) <= 2 ** 23));

    // What is no clip ends the listening; showing the window anew begins again.
    await run(
      // One has the port at a time (2: it is busy); a port that nobody hears any more takes nothing.
      `until pkill -f rayos/clipboard; timeout 5 sh -c "printf 'clip text/plain 99999999\\nx' >/dev/virtio-ports/org.rayos.clipboard"; [ $? != 2 ]; do sleep 0.2; done`,
    );
    await seen(async () => {
      const answer = await rayos.ask('clipboard.write', { guest, data: 'x' });
      return 'error' in answer && answer.error.code === 'AGENT_MISSING';
    }, 'the end of the listening');
    await rayos.run('guest.hide', { guest });
    await rayos.run('guest.present', { guest });
    await drawn(page, surface);
    await enter();
    await run('printf again | wl-copy');
    await copied('again');
    await rayos.run('clipboard.rule', { guest, rule: 'deny' });
    const refused = await rayos.ask('clipboard.read', { guest });
    assert.equal('error' in refused && refused.error.code, 'CLIPBOARD_CLOSED');
  },
);

/** Puts fingers down, moves and lifts them, as a touch screen does. */
async function touch(
  steps: readonly (readonly (readonly [x: number, y: number])[])[],
): Promise<void> {
  const box = await host().boundingBox();
  assert.ok(box);
  const session = await page.context().newCDPSession(page);
  for (const [i, fingers] of steps.entries()) {
    const touchPoints = fingers.map(([x, y], id) => ({ x: box.x + x, y: box.y + y, id }));
    const before = steps[i - 1]?.length ?? 0;
    const type =
      touchPoints.length === 0
        ? 'touchEnd'
        : touchPoints.length > before
          ? 'touchStart'
          : 'touchMove';
    await session.send('Input.dispatchTouchEvent', { type, touchPoints });
  }
  await session.detach();
}

/** What the kernel of the guest hears from a device of this name, up to what is the last of it: type, code and value. */
async function heardFrom(
  device: string,
  act: () => Promise<void>,
  isAll: (lines: readonly string[]) => boolean,
): Promise<string[]> {
  const reader = `open F, "</dev/input/$ARGV[0]"; $|=1; print "listening\\n"; while (sysread F, $b, 24) { @e = unpack "x16 S S l", $b; print "@e\\n" }`;
  const found = `$(basename "$(grep -l '${device}' /sys/class/input/event*/device/name | head -1 | xargs dirname | xargs dirname)")`;
  await run(`(perl -e '${reader}' ${found} >/tmp/heard-events 2>&1 &)`);
  await until('grep -q listening /tmp/heard-events');
  await act();
  const heard = async () =>
    (await run('cat /tmp/heard-events'))
      .split(/\r?\n/)
      .filter((line) => /^\d+ \d+ -?\d+$/.test(line));
  const all = await seen(
    async () => {
      const lines = await heard();
      return isAll(lines) ? lines : undefined;
    },
    'the last of the events',
    { limitMs: 30_000, said: async () => (await heard()).join('\n') },
  );
  await run('pkill -u ray -f dev/input');
  return all;
}

test(
  'a tap, a drag and two fingers reach the guest: as fingers where QEMU can, else as a mouse',
  patience,
  async () => {
    const { devices } = await rayos.run('guest.show', { guest });
    const isNative = devices.includes('virtio touch screen');
    assert.equal(isNative, !devices.includes('no touch screen: fingers act as a mouse'));
    const tap = [[[200, 300]], []] as const;
    const drag = [[[200, 300]], [[240, 320]], [[300, 360]], []] as const;
    const two = [
      [[200, 300]],
      [
        [200, 300],
        [320, 300],
      ],
      [
        [200, 220],
        [320, 220],
      ],
      [
        [200, 100],
        [320, 100],
      ],
      [],
    ] as const;
    if (isNative) {
      const [abs, key] = [3, 1];
      const [slot, x, tracking, button] = [0x2f, 0x35, 0x39, 0x14a];
      // Four fingers are put down, and each is lifted.
      const isAll = (lines: readonly string[]) =>
        lines.filter((line) => line === `${abs} ${tracking} -1`).length === 4;
      const act = async () => {
        await touch(tap);
        await touch(drag);
        await touch(two);
      };
      const heard = await heardFrom('MultiTouch', act, isAll);
      const has = (type: number, code: number, value: (v: number) => boolean) =>
        heard.some((line) => {
          const [t, c, v = 0] = line.split(' ').map(Number);
          return t === type && c === code && value(v);
        });
      assert.ok(
        has(key, button, (v) => v === 1),
        heard.join('\n'),
      );
      assert.ok(has(abs, slot, (v) => v === 1));
      assert.ok(has(abs, x, (v) => v > 0));
      return;
    }
    const [key, rel] = [1, 2];
    const [left, middle] = [0x110, 0x112];
    const wheel = 0x08;
    const act = async () => {
      await touch(tap);
      await touch(drag);
      await touch(two);
      // No finger does this: whatever fingers did has come before it.
      await host().click({ button: 'middle', position: { x: 200, y: 300 } });
    };
    const heard = await heardFrom('Tablet', act, (lines) => lines.includes(`${key} ${middle} 0`));
    assert.equal(heard.filter((line) => line === `${key} ${left} 1`).length, 2, heard.join('\n'));
    assert.equal(heard.filter((line) => line === `${key} ${left} 0`).length, 2);
    assert.ok(heard.some((line) => line.startsWith(`${rel} ${wheel} `)));
  },
);
