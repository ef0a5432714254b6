// The desktop's page, as the supervisor sees it: who it is signed in as, and whether it draws.

import type { Orders } from './orders.ts';

export type PageState = {
  /** `live`, `lost` or `connecting` as the page's own light says; `out` when it asks to sign in. */
  readonly link: string;
  /** False while another virtual terminal has the screen. */
  readonly isVisible: boolean;
};

const look = `(() => ({
  link: document.querySelector('[data-link]')?.dataset.link
    ?? (document.querySelector('.login-form') ? 'out' : 'connecting'),
  isVisible: document.visibilityState === 'visible',
}))()`;
/** Two frames: the second begins only when the first has gone to the compositor. */
const draw =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))';

/**
 * Chords by which a browser would open windows of its own, print, or leave full screen: on this screen there
 * is nothing but the desktop. It still hears them, and so does a guest that has the keyboard.
 */
const keepKeys = `(() => {
  const withControl = new Set(['KeyT', 'KeyN', 'KeyW', 'KeyP', 'KeyS', 'KeyO', 'KeyJ', 'KeyH', 'KeyU', 'KeyD',
    'KeyE', 'KeyK', 'Delete']);
  const withShift = new Set(['KeyI', 'KeyC', 'KeyB', 'KeyM', 'KeyA']);
  addEventListener('keydown', (event) => {
    const { code, ctrlKey, shiftKey, altKey } = event;
    const isKept = ctrlKey && !altKey
      ? withControl.has(code) || (shiftKey && withShift.has(code))
      : code === 'F11' || code === 'F12' || code === 'F7' || (altKey && code === 'F4');
    if (isKept) event.preventDefault();
  }, true);
})()`;

export class Page {
  readonly #orders: Orders;
  readonly #session: string;

  private constructor(orders: Orders, session: string) {
    this.#orders = orders;
    this.#session = session;
  }

  /** The browser's one page; undefined while there is none yet. */
  static async find(orders: Orders, limitMs: number): Promise<Page | undefined> {
    const { targetInfos } = (await orders.send('Target.getTargets', {}, limitMs)) as {
      readonly targetInfos: readonly { readonly type: string; readonly targetId: string }[];
    };
    const target = targetInfos.find(({ type }) => type === 'page');
    if (target === undefined) return undefined;
    const attached = (await orders.send(
      'Target.attachToTarget',
      { targetId: target.targetId, flatten: true },
      limitMs,
    )) as { readonly sessionId: string };
    const { sessionId } = attached;
    await orders.send('Inspector.enable', {}, limitMs, sessionId);
    await orders.send('Page.enable', {}, limitMs, sessionId);
    const script = { source: keepKeys };
    await orders.send('Page.addScriptToEvaluateOnNewDocument', script, limitMs, sessionId);
    await orders.send('Runtime.evaluate', { expression: keepKeys }, limitMs, sessionId);
    return new Page(orders, sessionId);
  }

  /** Goes to an address with a one-time login. It is told by the pipe alone. */
  async signIn(address: string, limitMs: number): Promise<void> {
    await this.#orders.send('Page.navigate', { url: address }, limitMs, this.#session);
  }

  /** Rejects when the page does not answer within `limitMs`. */
  async look(limitMs: number): Promise<PageState> {
    const state = (await this.#evaluate(look, limitMs)) as Partial<PageState> | undefined;
    return { link: String(state?.link ?? 'connecting'), isVisible: state?.isVisible === true };
  }

  /** Resolves when the page has drawn, and the compositor has taken it. */
  async drawn(limitMs: number): Promise<void> {
    await this.#evaluate(draw, limitMs);
  }

  async #evaluate(expression: string, limitMs: number): Promise<unknown> {
    const order = { expression, awaitPromise: true, returnByValue: true };
    const answer = await this.#orders.send('Runtime.evaluate', order, limitMs, this.#session);
    return (answer as { readonly result?: { readonly value?: unknown } }).result?.value;
  }
}
