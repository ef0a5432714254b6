// Help, made of the command table: an overview, a group (`rayos help guest`), one command.

import { placeholder, range } from '../line/arguments.ts';
import { optionWords } from '../line/options.ts';
import { commandLine, findRoute, groupRows } from '../line/route.ts';
import { writeLine } from '../line/write.ts';
import { align, type Cell } from '../output/columns.ts';
import type { Parameter, Row } from '../rows.ts';
import type { Style } from '../terminal/style.ts';

/** Commands by area of their name; an area without a heading of its own is about RayOS itself. */
const headings: Readonly<Record<string, string>> = {
  guest: 'Guests',
  input: 'Keyboard and pointer, into the guest that is on screen',
  surface: 'Screens',
  screenshot: 'Screens',
};
const otherHeading = 'RayOS itself';

/** Commands of this side only. */
const localCommands: readonly (readonly [string, string])[] = [
  ['help [COMMAND]', 'say what a command does and takes'],
  ['completion bash|zsh|fish', 'print the completion for a shell'],
];

/** Help for a topic (words of a command, a group, or nothing); undefined when there is no such topic. */
export function helpFor(
  topic: readonly string[],
  rows: readonly Row[],
  style: Style,
): string[] | undefined {
  const [first] = topic;
  if (first === undefined) return overview(rows, style);
  const route = findRoute(rows, topic) ?? findRoute(rows, first.split('.'));
  const row = route?.row ?? rows.find(({ name }) => name === first);
  if (row !== undefined) return commandHelp(row, style);
  if (topic.length === 1 && groupRows(rows, first).length > 0) return groupHelp(first, rows);
  return undefined;
}

function overview(rows: readonly Row[], style: Style): string[] {
  const sections = [...new Set([...Object.values(headings), otherHeading])];
  const headingOf = ({ name }: Row) => headings[name.split('.')[0] ?? ''] ?? otherHeading;
  return [
    `${style.bold('rayos')} says to RayOS what you want: with a command, or in your words.`,
    '',
    ...examples(rows).map((sentence) => `  rayos "${sentence}"`),
    `  rayos${' '.repeat(27)}${style.dim('a prompt that takes sentences and commands')}`,
    '',
    ...sections.flatMap((section) => [
      style.bold(section),
      ...summaries(rows.filter((row) => headingOf(row) === section)),
      ...(section === otherHeading ? listed(localCommands) : []),
      '',
    ]),
    style.bold('With every command'),
    ...listed(optionWords),
    '',
    `Exit status: 0 done, 1 failed, 2 wrong usage, 3 refused by policy, 4 consent needed, 5 not on this host.`,
  ];
}

export function groupHelp(word: string, rows: readonly Row[]): string[] {
  return [
    ...summaries(groupRows(rows, word)),
    '',
    `More on one of them: rayos help ${word} ${groupRows(rows, word)[0]?.cli[1] ?? ''}`,
  ];
}

/** Everything about one command. */
export function commandHelp(row: Row, style: Style): string[] {
  const phrases = row.phrases.map((phrase) => fill(phrase, row.sample));
  const sections: (readonly [string, readonly string[]])[] = [
    ['Usage', [`  ${usage(row)}`]],
    [
      'Takes',
      row.parameters.length === 0 ? [] : align(row.parameters.map((p) => parameterLine(p, row))),
    ],
    [
      'Examples',
      [
        `  ${writeLine(row, row.sample)}`,
        ...[...new Set(phrases)].map((sentence) => `  rayos "${sentence}"`),
      ],
    ],
    ['Consent', consentWords(row)],
  ];
  return [
    `${style.bold(commandLine(row))}: ${row.summary}`,
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([heading, lines]) => ['', style.bold(heading), ...lines]),
  ];
}

/** `rayos guest create NAME [--recipe RECIPE] …` */
export function usage(row: Row): string {
  const positional = row.positional.map((name) => {
    const isRequired = row.parameters.find((p) => p.name === name)?.isRequired;
    return isRequired ? placeholder(name) : `[${placeholder(name)}]`;
  });
  const flags = row.parameters
    .filter(({ name }) => !row.positional.includes(name))
    .map((p) => (p.isRequired ? flagForm(p) : `[${flagForm(p)}]`));
  return ['rayos', ...row.cli, ...positional, ...flags].join(' ');
}

function flagForm({ flag, name, type, values }: Parameter): string {
  if (type === 'boolean') return `--${flag}`;
  return `--${flag} ${values?.join('|') ?? placeholder(name)}`;
}

function parameterLine(parameter: Parameter, row: Row): Cell[] {
  const { name, type, values, description, isRequired } = parameter;
  const form = row.positional.includes(name) ? placeholder(name) : flagForm(parameter);
  const facts = [
    values === undefined
      ? { string: '', boolean: '', integer: 'whole number', number: 'number' }[type]
      : '',
    range(parameter),
    parameter.default === undefined ? '' : `default ${parameter.default}`,
    isRequired ? '' : 'optional',
  ].filter((fact) => fact !== '');
  const choice = values === undefined ? [] : [`one of ${values.join(', ')}`];
  const text = [description ?? choice[0] ?? '', ...(description === undefined ? [] : choice)];
  const shown = text.filter(Boolean).join('; ');
  return [`  ${form}`, `${shown}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`.trim()];
}

function consentWords({ danger }: Row): string[] {
  if (danger === 'safe') return [];
  const asked =
    danger === 'destructive'
      ? '  asks you to type the name of what is destroyed; --yes is not enough.'
      : '  asks you to confirm it; --yes confirms it beforehand.';
  return [
    '  Shows first what will be done. On a terminal it then',
    asked,
    '  Without a terminal it prints the plan with a token and ends with status 4; the same',
    '  command with --consent TOKEN does it, if the plan and its ground are still the same.',
  ];
}

function summaries(rows: readonly Row[]): string[] {
  return listed(rows.map((row) => [briefUsage(row), row.summary]));
}

/** Command and positions: enough for a list. */
function briefUsage(row: Row): string {
  const positional = row.positional.map((name) => {
    const isRequired = row.parameters.find((p) => p.name === name)?.isRequired;
    return isRequired ? placeholder(name) : `[${placeholder(name)}]`;
  });
  return [...row.cli, ...positional].join(' ');
}

function listed(pairs: readonly (readonly [string, string])[]): string[] {
  const width = 30;
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** The first sentences of a few commands, as people would say them. */
function examples(rows: readonly Row[]): string[] {
  return ['guest.present', 'input.type', 'guest.hide'].flatMap((name) => {
    const row = rows.find((candidate) => candidate.name === name);
    const [phrase] = row?.phrases ?? [];
    return row === undefined || phrase === undefined ? [] : [fill(phrase, row.sample)];
  });
}

/** A phrase with the sample's values in it; a guest's name as people say it. */
export function fill(phrase: string, sample: Row['sample']): string {
  return phrase.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(sample[name] ?? name);
    return name === 'guest' ? value.replaceAll('-', ' ') : value;
  });
}
