// A phrase of the command table ("type {text} into {guest}") as something that a sentence either has the
// form of or not. Kinds of slots follow from the argument's name and schema.

import { isFiller, type Sentence, type Word } from './words.ts';

export type SlotKind = 'guest' | 'integer' | 'chord' | 'word' | 'text';

export type Item =
  | { readonly kind: 'fixed'; readonly word: string }
  | { readonly kind: 'slot'; readonly name: string; readonly slot: SlotKind };

export type Template = {
  readonly phrase: string;
  readonly items: readonly Item[];
  /** Fixed words that carry meaning: the more, the more specific. */
  readonly fixedCount: number;
};

/** What a sentence puts into the slots: a number, or a span of the sentence as it was written. */
export type Bindings = Readonly<Record<string, string | number>>;

type Schema = { readonly type?: unknown; readonly pattern?: unknown };

/** Reads a phrase. `schemas` are the command's arguments by name. */
export function compileTemplate(
  phrase: string,
  schemas: Readonly<Record<string, Schema>>,
): Template {
  const items = phrase.split(/\s+/).flatMap((part): Item[] => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name !== undefined) return [{ kind: 'slot', name, slot: slotKind(name, schemas[name]) }];
    return isFiller(part) ? [] : [{ kind: 'fixed', word: part.toLowerCase() }];
  });
  return { phrase, items, fixedCount: items.filter((item) => item.kind === 'fixed').length };
}

function slotKind(name: string, schema: Schema | undefined): SlotKind {
  if (name === 'guest') return 'guest';
  if (name === 'keys') return 'chord';
  if (schema?.type === 'integer') return 'integer';
  return typeof schema?.pattern === 'string' ? 'word' : 'text';
}

/**
 * Every way in which the sentence has the template's form (free text first takes as much as it can).
 * A template that ends in {text} takes the sentence to its very end: there, "please" is text too.
 */
export function* matchTemplate(template: Template, sentence: Sentence): Generator<Bindings> {
  const last = template.items.at(-1);
  const endsInText = last?.kind === 'slot' && last.slot === 'text';
  const to = endsInText ? sentence.words.length : sentence.to;
  yield* matchFrom(template.items, { ...sentence, to }, sentence.from);
}

function* matchFrom(
  items: readonly Item[],
  sentence: Sentence,
  position: number,
): Generator<Bindings> {
  const [item, ...rest] = items;
  if (item === undefined) {
    if (position === sentence.to) yield {};
    return;
  }
  if (item.kind === 'fixed') {
    const start = skipFillers(sentence, position);
    if (start < sentence.to && sentence.words[start]?.bare === item.word)
      yield* matchFrom(rest, sentence, start + 1);
    return;
  }
  const start = item.slot === 'text' ? position : skipFillers(sentence, position);
  const shortest = rest.length === 0 ? sentence.to : start + 1;
  for (let end = longestEnd(item.slot, sentence, start); end >= shortest && end > start; end--) {
    const value = slotValue(item.slot, sentence, start, end);
    if (value === undefined) continue;
    for (const others of matchFrom(rest, sentence, end)) yield { [item.name]: value, ...others };
  }
}

function longestEnd(slot: SlotKind, sentence: Sentence, start: number): number {
  if (slot === 'integer' || slot === 'word') return Math.min(start + 1, sentence.to);
  return sentence.to;
}

function slotValue(
  slot: SlotKind,
  sentence: Sentence,
  start: number,
  end: number,
): string | number | undefined {
  const words = sentence.words.slice(start, end);
  switch (slot) {
    case 'text':
      return sentence.source.slice(words[0]?.start, words.at(-1)?.end);
    case 'integer':
      return /^\d{1,9}$/.test(words[0]?.bare ?? '') ? Number(words[0]?.bare) : undefined;
    case 'word':
      return words[0]?.bare || undefined;
    case 'guest':
      return unquote(words.map((word) => word.raw).join(' ')) || undefined;
    case 'chord':
      return chord(words);
  }
}

/** "ctrl+l", "Ctrl + L", "the enter key": one chord without spaces, or undefined. */
function chord(words: readonly Word[]): string | undefined {
  const named = /^keys?$/.test(words.at(-1)?.bare ?? '') ? words.slice(0, -1) : words;
  const keys = unquote(named.map((word) => word.raw).join(' ')).replace(
    /(?<=\S)\s*\+\s*(?=\S)/g,
    '+',
  );
  return keys === '' || /\s/.test(keys) ? undefined : keys;
}

function unquote(text: string): string {
  return text.replace(/^["'“‘]+|["'”’]*[.,!?]*$/gu, '').trim();
}

function skipFillers(sentence: Sentence, position: number): number {
  let at = position;
  while (at < sentence.to - 1 && isFiller(sentence.words[at]?.bare ?? '')) at++;
  return at;
}
