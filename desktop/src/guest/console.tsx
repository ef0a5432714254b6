// A guest's serial console, live: what it writes, and a line to answer with.

import { createSignal, type JSX, onCleanup, onMount } from 'solid-js';
import { RayError } from '../../../src/contracts/index.ts';
import { sentence } from '../api/sentence.ts';
import { streamCommand } from '../api/stream.ts';
import { useDesktop } from '../desktop/model.ts';
import { createDoing } from '../forms/doing.ts';
import { Said } from '../forms/forms.tsx';
import type { SectionProps } from './guest-page.tsx';
import { TerminalText } from './terminal-text.ts';

const lastBytes = 64 * 1024;
const interrupt = '\u0003';

export function Console(props: SectionProps): JSX.Element {
  const desktop = useDesktop();
  const doing = createDoing(desktop);
  const guest = props.guest.name;
  const terminal = new TerminalText();
  const [text, setText] = createSignal('');
  const [state, setState] = createSignal('Connecting…');
  let screen: HTMLPreElement | undefined;
  let field: HTMLInputElement | undefined;
  let painting = false;

  /** Once a frame, however much comes; the view stays at the end only if it was there. */
  const paint = () => {
    if (painting) return;
    painting = true;
    requestAnimationFrame(() => {
      painting = false;
      const atEnd = !screen || screen.scrollHeight - screen.scrollTop - screen.clientHeight < 40;
      setText(terminal.text);
      if (atEnd && screen) screen.scrollTop = screen.scrollHeight;
    });
  };
  const follow = async (signal: AbortSignal) => {
    try {
      const asked = { guest, follow: true, last: lastBytes };
      const live = () => setState('Live: what the guest writes to its serial port.');
      for await (const { text } of streamCommand('console.read', asked, signal, live)) {
        terminal.write(text);
        paint();
      }
      setState('The console has ended.');
    } catch (thrown) {
      if (signal.aborted) return;
      const error = thrown instanceof RayError ? thrown.toJSON() : undefined;
      setState(error ? `${sentence(error.message)} ${error.next}` : 'The connection was lost.');
    }
  };
  onMount(() => {
    const ending = new AbortController();
    void follow(ending.signal);
    onCleanup(() => ending.abort());
  });
  let sending: Promise<unknown> = Promise.resolve();
  /** One after another, so that lines which are typed quickly arrive in their order. */
  const send = async (typed: string) => {
    sending = sending.then(() => doing.run('console.write', { guest, text: typed }));
    await sending;
    field?.focus();
  };
  return (
    <div class="console">
      <h1 class="page-title">Console</h1>
      <p class="page-lead" role="status">
        {state()}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it. */}
      <pre class="terminal" ref={screen} tabIndex={0} role="log" aria-label="Serial console">
        {text()}
      </pre>
      <form
        class="console-line"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = `${field?.value ?? ''}\n`;
          if (field) field.value = '';
          void send(typed);
        }}
      >
        <input
          class="text-field"
          ref={field}
          aria-label="Type a line into the console"
          placeholder="Type a line; Enter sends it"
          autocomplete="off"
          spellcheck={false}
          maxLength={9999}
        />
        <button class="button" type="submit">
          Send
        </button>
        <button class="button" type="button" onClick={() => void send(interrupt)}>
          Ctrl+C
        </button>
      </form>
      <Said fault={doing.fault()} done="" />
    </div>
  );
}
