// One clipboard for the person and the guests that they allowed: asked once a guest. What the guest
// copied comes to this browser; what the person copied goes to the guest when its window is entered.

import { createSignal } from 'solid-js';
import type { ClipboardRule, DesktopEvent } from '../../../src/contracts/index.ts';
import { callCommand } from '../api/client.ts';

type Told = Extract<DesktopEvent, { type: 'clipboard' }>;
type Held = { readonly mediaType: 'text/plain' | 'image/png'; readonly data: string };

const mostTextLength = 8 * 1024 * 1024;

export type ClipboardModel = ReturnType<typeof createClipboard>;

export function createClipboard() {
  /** What people have said for each guest, as far as it is known here. */
  const rules = new Map<string, ClipboardRule>();
  /** Of each guest, which of its clips came here last: it comes once, however often it is told of. */
  const seen = new Map<string, string>();
  /** What went over last, so that nothing goes round in circles. */
  let last = '';
  const [question, setQuestion] = createSignal<string>();
  /** Guests that were asked about and left without an answer, until the page is opened again. */
  const left = new Set<string>();

  const ruleOf = async (guest: string): Promise<ClipboardRule> => {
    const known = rules.get(guest);
    if (known) return known;
    const answer = await callCommand('guest.show', { guest });
    const rule = 'result' in answer ? answer.result.clipboard : 'deny';
    if ('result' in answer) rules.set(guest, rule);
    return rule;
  };
  const allowed = async (guest: string): Promise<boolean> => {
    const rule = await ruleOf(guest);
    if (rule === 'ask' && !left.has(guest)) setQuestion(guest);
    return rule === 'allow';
  };
  const fetchFrom = async (guest: string) => {
    const answer = await callCommand('clipboard.read', { guest });
    if (!('result' in answer) || answer.result.mediaType === 'none') return;
    const held = { mediaType: answer.result.mediaType, data: answer.result.data } as Held;
    // A guest that was started anew counts from the beginning.
    const which = `${answer.result.sequence} ${printOf(held)}`;
    if (seen.get(guest) === which) return;
    last = printOf(held);
    if (await toBrowser(held)) seen.set(guest, which);
  };

  return {
    /** The guest whose clipboard is asked about. */
    question,
    answer: async (rule: ClipboardRule | undefined) => {
      const guest = question();
      setQuestion(undefined);
      if (!guest) return;
      if (!rule) {
        left.add(guest);
        return;
      }
      const answer = await callCommand('clipboard.rule', { guest, rule });
      if ('result' in answer) rules.set(guest, rule);
      if (rule === 'allow') await fetchFrom(guest);
    },
    /** A rule was changed elsewhere: ask RayOS again. */
    changed: (guest: string) => void rules.delete(guest),
    heard: async ({ guest }: Told) => {
      if (document.hasFocus() && (await allowed(guest))) await fetchFrom(guest);
    },
    /** The guest got the keyboard: it gets what the person has copied, if it is new. */
    entered: async (guest: string) => {
      // Without a question: nothing was copied in the guest yet, and reading may itself ask.
      if ((await ruleOf(guest)) !== 'allow') return;
      const held = await fromBrowser();
      if (!held || printOf(held) === last) return;
      last = printOf(held);
      await callCommand('clipboard.write', { guest, ...held });
    },
  };
}

/** False when the browser did not take it. */
async function toBrowser({ mediaType, data }: Held): Promise<boolean> {
  try {
    if (mediaType === 'text/plain') await navigator.clipboard.writeText(data);
    else {
      const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
      const picture = new Blob([bytes], { type: mediaType });
      await navigator.clipboard.write([new ClipboardItem({ [mediaType]: picture })]);
    }
    return true;
  } catch {
    // It refuses pages in the background: the next event or entry brings it.
    return false;
  }
}

async function fromBrowser(): Promise<Held | undefined> {
  try {
    for (const item of await navigator.clipboard.read()) {
      if (item.types.includes('text/plain')) {
        const data = await (await item.getType('text/plain')).text();
        if (data !== '' && data.length <= mostTextLength) return { mediaType: 'text/plain', data };
      }
      if (item.types.includes('image/png')) {
        const bytes = new Uint8Array(await (await item.getType('image/png')).arrayBuffer());
        if (bytes.length <= mostTextLength)
          return { mediaType: 'image/png', data: bytes.toBase64() };
      }
    }
  } catch {
    // Not permitted, or nothing that can be read: then there is nothing to give.
  }
  return undefined;
}

/** Enough to tell one content from the next. */
function printOf({ mediaType, data }: Held): string {
  return `${mediaType} ${data.length} ${data.slice(0, 200)} ${data.slice(-200)}`;
}
