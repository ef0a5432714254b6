// What the measures play on: a RayOS whose QEMU has a VNC server too, the bench guest, two browsers.
// Browsers are started when they are first asked for: not every measure needs one.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGuestImage } from '../guest-images/index.ts';
import { drawn, TestBrowser } from '../trials/harness/browser.ts';
import { TestRayos } from '../trials/harness/rayos.ts';
import { freePort, qemuWithVnc, servePeer } from './peer/peer.ts';
import { novncSide, rayosSide, type Side } from './sides.ts';

export const guest = 'bench-guest';
export const surface = 'bench-guest.0';

/** The bench guest's keys (its scene.c), and a pixel that each reply to a key changes. */
export const scenes = {
  still: { key: 'f1' },
  flat: { key: 'f2' },
  pattern: { key: 'f3' },
  small: { key: 'f4', x: 630, y: 400 },
  full: { key: 'f5', x: 640, y: 700 },
} as const;

export class Stage implements AsyncDisposable {
  readonly rayos: TestRayos;
  readonly #owned: AsyncDisposableStack;
  readonly #webSocketPort: number;
  #sides: readonly Side[] | undefined;

  private constructor(rayos: TestRayos, owned: AsyncDisposableStack, webSocketPort: number) {
    this.rayos = rayos;
    this.#owned = owned;
    this.#webSocketPort = webSocketPort;
  }

  /** Starts RayOS with the bench guest presented. `env` goes to rayosd. */
  static async open(env: NodeJS.ProcessEnv = {}): Promise<Stage> {
    await using owned = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'rayos-bench-'));
    owned.defer(async () => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755); // the guest's user runs what is in it
    const webSocket = await freePort(15700);
    const wrapper = join(folder, 'qemu-with-vnc');
    qemuWithVnc(wrapper, process.env.RAYOS_QEMU ?? '/usr/bin/qemu-system-x86_64', {
      vnc: await freePort(15950),
      webSocket,
    });
    await buildGuestImage(guest);
    const rayos = owned.use(await TestRayos.start([], { ...env, RAYOS_QEMU: wrapper }));
    await rayos.run('guest.create', { name: guest, recipe: guest });
    await rayos.run('guest.present', { guest });
    return new Stage(rayos, owned.move(), webSocket);
  }

  async show(scene: keyof typeof scenes): Promise<void> {
    await this.rayos.run('input.press', { keys: scenes[scene].key, guest });
    await new Promise((resolve) => setTimeout(resolve, 700)); // the first picture of it is on all screens
  }

  /** Both viewers, connected. */
  async sides(): Promise<readonly Side[]> {
    this.#sides ??= await this.#connect();
    return this.#sides;
  }

  /** Leaves both pages empty, for what is measured without them. */
  async clear(): Promise<void> {
    for (const side of this.#sides ?? []) await side.away();
  }

  async #connect(): Promise<readonly Side[]> {
    const { rayos } = this;
    const viewport = { width: 1440, height: 960 };
    const served = this.#owned.use(await servePeer());
    const browser = this.#owned.use(await TestBrowser.start(viewport));
    const page = await browser.open(await rayos.address());
    await drawn(page, surface);
    const ours = rayosSide(page, browser, surface, async () => {
      await page.goto(await rayos.address());
      await drawn(page, surface);
    });
    const peerBrowser = this.#owned.use(await TestBrowser.start(viewport));
    const address = `${served.address}?ws=ws://127.0.0.1:${this.#webSocketPort}`;
    const theirs = novncSide(await peerBrowser.openPlain(address), peerBrowser, address);
    await theirs.open();
    return [ours, theirs];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
