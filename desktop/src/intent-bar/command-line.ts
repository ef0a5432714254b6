// Command lines as a terminal takes them, for those who would rather type `guest stop work` than a
// sentence: the words of a command, then its arguments by place or by name.

import { type CommandName, commandNames, commandOf } from '../../../src/contracts/index.ts';

export type CommandLine =
  | {
      readonly command: CommandName;
      readonly arguments: Readonly<Record<string, string | number | boolean>>;
    }
  | { readonly fault: string };

type Shape = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
};

/** What the text means as a command line; undefined when it begins with no command. */
export function parseCommandLine(text: string): CommandLine | undefined {
  const words = split(text.replace(/^\s*(?:npx\s+)?rayos\s+/, ''));
  const command = commandNames
    .filter((name) => startsWith(words, commandOf(name).cli))
    .sort((a, b) => commandOf(b).cli.length - commandOf(a).cli.length)[0];
  if (!command) return undefined;
  const declaration = commandOf(command);
  const shapes = declaration.arguments.properties as Readonly<Record<string, Shape>>;
  // A place of the terminal's own, such as the file of a picture, is no argument here.
  const places = declaration.positional.filter((name) => Object.hasOwn(shapes, name));
  const given: Record<string, string | number | boolean> = {};
  const loose: string[] = [];
  const rest = words.slice(declaration.cli.length);
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? '';
    const [, dashed, inline] = /^--([a-z][\w-]*)(?:=(.*))?$/is.exec(word) ?? [];
    if (dashed === undefined) {
      loose.push(word);
      continue;
    }
    const name = nameOf(dashed, shapes);
    if (!name) return { fault: `${declaration.cli.join(' ')} takes no --${dashed}.` };
    const flag = shapes[name]?.type === 'boolean';
    const value = inline ?? (flag ? 'true' : rest[++i]);
    if (value === undefined) return { fault: `--${dashed} needs a value.` };
    given[name] = typed(value, shapes[name]);
  }
  places.forEach((name, i) => {
    // The last place takes what is left: `type hello world`.
    const value = i === places.length - 1 ? loose.slice(i).join(' ') : loose[i];
    if (value) given[name] = typed(value, shapes[name]);
  });
  const missing = (declaration.arguments.required ?? []).filter((name) => !(name in given));
  if (missing.length > 0)
    return { fault: `${declaration.cli.join(' ')} needs ${missing.join(' and ')}.` };
  if (places.length === 0 && loose.length > 0) return undefined;
  return { command, arguments: given };
}

/** Words, with what is quoted kept together. */
export function split(text: string): string[] {
  const words = text.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']|["'])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? (single ?? '') : double.replace(/\\(.)/g, '$1'),
    ),
  );
}

function startsWith(words: readonly string[], cli: readonly string[]): boolean {
  return cli.length > 0 && cli.every((word, i) => words[i]?.toLowerCase() === word);
}

function nameOf(dashed: string, shapes: Readonly<Record<string, Shape>>): string | undefined {
  const plain = (name: string) => name.replaceAll('-', '').toLowerCase();
  return Object.keys(shapes).find((name) => plain(name) === plain(dashed));
}

function typed(value: string, shape: Shape | undefined): string | number | boolean {
  if (shape?.type === 'boolean') return value !== 'false' && value !== 'no';
  if (shape?.type === 'integer' || shape?.type === 'number') {
    const number = Number(value);
    return Number.isFinite(number) ? number : value;
  }
  return value;
}
