// What the measures play on: a RayOS whose QEMU has a VNC server too, the bench guest, two browsers.
// Browsers are started when they are first asked for: not every measure needs one.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGuestImage } from '../guest-images/index.ts';
import { drawn, TestBrowser } from '../trials/harness/browser.ts';
import { TestRayos } from '../trials/harness/rayos.ts';
import { openLink } from './link/link.ts';
import type { Shape } from './link/pacer.ts';
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
  #isInPlace = false;

  private constructor(rayos: TestRayos, owned: AsyncDisposableStack, webSocketPort: number) {
    this.rayos = rayos;
    this.#owned = owned;
    this.#webSocketPort = webSocketPort;
  }

  /** Starts RayOS with the bench guest presented. `env` goes to rayosd; `isLossy` is for the VNC server. */
  static async open(env: NodeJS.ProcessEnv = {}, isLossy = false): Promise<Stage> {
    await using owned = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'rayos-bench-'));
    owned.defer(async () => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755); // the guest's user runs what is in it
    const webSocket = await freePort(15700);
    const wrapper = join(folder, 'qemu-with-vnc');
    const ports = { vnc: await freePort(15950), webSocket };
    qemuWithVnc(wrapper, process.env.RAYOS_QEMU ?? '/usr/bin/qemu-system-x86_64', ports, isLossy);
    await buildGuestImage(guest);
    const rayos = owned.use(await TestRayos.start([], { ...env, RAYOS_QEMU: wrapper }));
    await rayos.run('guest.create', { name: guest, recipe: guest });
    await rayos.run('guest.present', { guest });
    return new Stage(rayos, owned.move(), webSocket);
  }

  /** Whether the guest changes one buffer in place, instead of flipping pages. */
  async inPlace(isInPlace: boolean): Promise<void> {
    if (this.#isInPlace === isInPlace) return;
    await this.rayos.run('input.press', { keys: 'f7', guest });
    this.#isInPlace = isInPlace;
  }

  async show(scene: keyof typeof scenes): Promise<void> {
    await this.rayos.run('input.press', { keys: scenes[scene].key, guest });
    await new Promise((resolve) => setTimeout(resolve, 700)); // the first picture of it is on all screens
  }

  /** Both viewers, connected. */
  async sides(): Promise<readonly Side[]> {
    this.#sides ??= await this.#connect(this.#owned);
    return this.#sides;
  }

  /** Both viewers in browsers of their own, each over its own link of this shape, for as long as `work` takes. */
  async linked<T>(shape: Shape, work: (sides: readonly Side[]) => Promise<T>): Promise<T> {
    await this.clear();
    await using owned = new AsyncDisposableStack();
    const address = new URL(await this.rayos.address());
    const to = [Number(address.port), this.#webSocketPort];
    const { ports } = owned.use(await openLink(shape, to));
    return await work(await this.#connect(owned, { rayos: ports[0], webSocket: ports[1] }));
  }

  /** Leaves both pages empty, for what is measured without them. */
  async clear(): Promise<void> {
    for (const side of this.#sides ?? []) await side.away();
  }

  /** `via`: the ports of a link. RayOS answers only to its own address, so the browser is led there by a rule. */
  async #connect(
    owned: AsyncDisposableStack,
    via: { readonly rayos?: number | undefined; readonly webSocket?: number | undefined } = {},
  ): Promise<readonly Side[]> {
    const { rayos } = this;
    const viewport = { width: 1440, height: 960 };
    const served = owned.use(await servePeer());
    const { host } = new URL(await rayos.address());
    const rules =
      via.rayos === undefined ? [] : [`--host-resolver-rules=MAP ${host} 127.0.0.1:${via.rayos}`];
    const browser = owned.use(await TestBrowser.start(viewport, { args: rules }));
    const page = await browser.open(await rayos.address());
    await drawn(page, surface);
    const ours = rayosSide(page, browser, surface, async () => {
      await page.goto(await rayos.address());
      await drawn(page, surface);
    });
    const peerBrowser = owned.use(await TestBrowser.start(viewport));
    const port = via.webSocket ?? this.#webSocketPort;
    const address = `${served.address}?ws=ws://127.0.0.1:${port}`;
    const theirs = novncSide(await peerBrowser.openPlain(address), peerBrowser, address);
    await theirs.open();
    return [ours, theirs];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
