// A tree of Markdown on the screen.

import { For, type JSX, Match, Show, Switch } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { scheme } from '../settings/settings.ts';
import { targetOf } from './link.ts';
import type { Block, Inline } from './markdown.ts';
import { pictureAt } from './pictures.ts';

type Parts = { readonly parts: readonly Inline[]; readonly page: string };

/** `page`: links inside of it are relative to it. `level`: what its first heading is on the screen. */
export function PageView(props: {
  readonly blocks: readonly Block[];
  readonly page: string;
}): JSX.Element {
  const is = <K extends Block['kind']>(block: Block, kind: K) =>
    block.kind === kind ? (block as Extract<Block, { kind: K }>) : undefined;
  const Words = (of: { readonly parts: readonly Inline[] }) => (
    <Inlines parts={of.parts} page={props.page} />
  );
  return (
    <For each={props.blocks}>
      {(block) => (
        <Switch>
          <Match when={is(block, 'heading')}>
            {(heading) => (
              <Dynamic
                component={`h${Math.min(6, heading().level)}`}
                data-heading={heading().id}
                tabIndex={-1}
              >
                <Words parts={heading().parts} />
              </Dynamic>
            )}
          </Match>
          <Match when={is(block, 'paragraph')}>
            {(paragraph) => (
              <p>
                <Words parts={paragraph().parts} />
              </p>
            )}
          </Match>
          <Match when={is(block, 'quote')}>
            {(quote) => (
              <blockquote>
                <Words parts={quote().parts} />
              </blockquote>
            )}
          </Match>
          <Match when={is(block, 'code')}>
            {(code) => (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, by keyboard as well.
              <pre tabIndex={0}>
                <code>{code().text}</code>
              </pre>
            )}
          </Match>
          <Match when={is(block, 'list')}>
            {(list) => (
              <Dynamic component={list().ordered ? 'ol' : 'ul'}>
                <For each={list().items}>
                  {(item) => (
                    <li>
                      <Words parts={item} />
                    </li>
                  )}
                </For>
              </Dynamic>
            )}
          </Match>
          <Match when={is(block, 'table')}>
            {(table) => (
              <table>
                <thead>
                  <tr>
                    <For each={table().head}>
                      {(cell) => (
                        <td>
                          <Words parts={cell} />
                        </td>
                      )}
                    </For>
                  </tr>
                </thead>
                <tbody>
                  <For each={table().rows}>
                    {(row) => (
                      <tr>
                        <For each={row}>
                          {(cell) => (
                            <td>
                              <Words parts={cell} />
                            </td>
                          )}
                        </For>
                      </tr>
                    )}
                  </For>
                </tbody>
              </table>
            )}
          </Match>
        </Switch>
      )}
    </For>
  );
}

function Inlines(props: Parts): JSX.Element {
  return (
    <For each={props.parts}>
      {(part) => {
        if (part.kind === 'text') return <>{part.text}</>;
        if (part.kind === 'picture')
          return (
            <Show when={pictureAt(part.to, scheme())}>
              {(address) => <img class="help-picture" src={address()} alt={part.text} />}
            </Show>
          );
        if (part.kind === 'code') return <code>{part.text}</code>;
        const inner = <Inlines parts={part.parts} page={props.page} />;
        if (part.kind === 'strong') return <strong>{inner}</strong>;
        const target = targetOf(part.to, props.page);
        if (target.kind === 'page') return <a href={target.address}>{inner}</a>;
        if (target.kind === 'site')
          return (
            <a href={target.address} target="_blank" rel="noopener noreferrer">
              {inner}
            </a>
          );
        return inner;
      }}
    </For>
  );
}
