// Help: a question answered from the documentation, the pages to read, and the keys.

import {
  createEffect,
  createMemo,
  createResource,
  createSignal,
  For,
  type JSX,
  Match,
  on,
  Show,
  Switch,
} from 'solid-js';
import { KeysTable } from '../desktop/keys-table.tsx';
import { useDesktop } from '../desktop/model.ts';
import { Icon } from '../icons/icons.tsx';
import { parseMarkdown, slug } from './markdown.ts';
import { PageView } from './page-view.tsx';
import { loadManual } from './pages.ts';
import { answer, type Passage } from './search.ts';
import './help.css';

export function HelpPage(props: { readonly page: string; readonly heading: string }): JSX.Element {
  const desktop = useDesktop();
  const [manual] = createResource(loadManual);
  const [asked, setAsked] = createSignal('');
  const [passages, setPassages] = createSignal<readonly Passage[]>();
  const [looking, setLooking] = createSignal(false);
  let text: HTMLElement | undefined;
  const page = createMemo(() => manual()?.find(({ name }) => name === props.page));
  const ask = async (event: SubmitEvent) => {
    event.preventDefault();
    const question = asked().trim();
    if (question === '') return;
    desktop.open('#/help/answers');
    setPassages(undefined);
    setLooking(true);
    setPassages(await answer(question, manual() ?? [], desktop.run));
    setLooking(false);
  };
  // A link to a heading goes there once its page is drawn.
  createEffect(
    on([page, () => props.heading], ([shown, heading]) => {
      if (!shown) return;
      queueMicrotask(() => {
        const at = heading && text?.querySelector(`[data-heading="${CSS.escape(heading)}"]`);
        if (at) at.scrollIntoView({ block: 'start' });
        else text?.scrollTo({ top: 0 });
      });
    }),
  );
  const Entry = (of: { readonly to: string; readonly label: string }) => (
    <a
      class="page-tab"
      href={`#/help/${of.to}`}
      aria-current={props.page === of.to ? 'page' : undefined}
      title={of.label}
    >
      {of.label}
    </a>
  );
  return (
    <div class="help">
      <nav class="page-nav help-nav" aria-label="Pages of the help">
        <Entry to="keys" label="Keys" />
        <For each={manual()}>{({ name, title }) => <Entry to={name} label={title} />}</For>
      </nav>
      <div class="help-main">
        <search>
          <form class="help-ask" onSubmit={(event) => void ask(event)}>
            <Icon name="search" />
            <input
              class="help-field"
              aria-label="Ask the documentation"
              placeholder="How do I share a folder?"
              autocomplete="off"
              maxLength={300}
              value={asked()}
              onInput={(event) => setAsked(event.currentTarget.value)}
            />
            <button class="button" type="submit">
              Ask
            </button>
          </form>
        </search>
        <article
          class="page-scroll help-text"
          ref={text}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
          tabIndex={0}
          aria-label="Help"
        >
          <Switch
            fallback={
              <p class="page-lead">{manual() ? 'There is no such page.' : 'One moment…'}</p>
            }
          >
            <Match when={props.page === 'answers'}>
              <h1>{asked() || 'Answers'}</h1>
              <div role="status">
                <Show
                  when={passages()}
                  fallback={<p>{looking() ? 'Looking it up…' : 'Ask a question above.'}</p>}
                >
                  {(found) => (
                    <For
                      each={found()}
                      fallback={<p>Nothing in the documentation answers this. Try other words.</p>}
                    >
                      {(passage) => (
                        <section class="help-passage">
                          <h2>
                            <a href={`#/help/${passage.page}/${slug(passage.heading)}`}>
                              {passage.heading || passage.title}
                            </a>
                          </h2>
                          <PageView blocks={parseMarkdown(passage.text)} page={passage.page} />
                          <p class="help-source">From “{passage.title}”</p>
                        </section>
                      )}
                    </For>
                  )}
                </Show>
              </div>
            </Match>
            <Match when={page()}>
              {(shown) => <PageView blocks={shown().blocks} page={shown().name} />}
            </Match>
            <Match when={props.page === 'keys' || props.page === ''}>
              <h1>Keys</h1>
              <p>
                While a guest has the keyboard, every key goes to it, except the chord that gives
                the keyboard back.
              </p>
              <KeysTable level={2} />
            </Match>
          </Switch>
        </article>
      </div>
    </div>
  );
}
