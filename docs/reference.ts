// Writes docs/commands.md from the table of commands: `node docs/reference.ts`. With --check it only
// says whether the file is as the table wants it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CommandName,
  commandNames,
  commandOf,
  errors,
  markers,
} from '../src/contracts/index.ts';

const file = join(import.meta.dirname, 'commands.md');

type Property = {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
};

function argumentRow(name: CommandName, key: string): string {
  const { arguments: args } = commandOf(name);
  const property = args.properties[key] as Property;
  const required = (args.required as readonly string[] | undefined)?.includes(key) ?? false;
  const kind = property.enum?.map((value) => `\`${value}\``).join(', ') ?? property.type ?? '';
  const range =
    property.minimum === undefined
      ? ''
      : property.maximum === undefined
        ? `, ${property.minimum} or more`
        : `, ${property.minimum} to ${property.maximum}`;
  return `| \`${key}\` | ${kind}${range} | ${required ? 'yes' : 'no'} | ${property.description ?? ''} |`;
}

function section(name: CommandName): string {
  const {
    summary,
    cli,
    positional,
    arguments: args,
    phrases,
    danger,
    exposure,
    stream,
  } = commandOf(name);
  const keys = Object.keys(args.properties);
  const usage = ['rayos', ...cli, ...positional.map((key) => key.toUpperCase())].join(' ');
  return [
    `## ${name}`,
    '',
    `Will ${summary}.`,
    '',
    '```',
    usage,
    '```',
    ...(phrases.length === 0
      ? []
      : ['', `Or say: ${phrases.map((phrase) => `“${phrase}”`).join(', ')}.`]),
    '',
    `Danger: ${danger}. Language models: ${exposure}.${stream ? ' Answers one value a line.' : ''}`,
    ...(keys.length === 0
      ? []
      : [
          '',
          '| argument | kind | needed | |',
          '| --- | --- | --- | --- |',
          ...keys.map((key) => argumentRow(name, key)),
        ]),
  ].join('\n');
}

/** The whole page. */
export function reference(): string {
  return [
    '# Commands, errors, markers',
    '',
    'Made by `npm run reference` from `src/contracts/`; do not edit. Every command is also `POST /api/commands/<name>`, and takes `--json` and `--help` on the command line.',
    '',
    commandNames.map(section).join('\n\n'),
    '',
    '# Errors',
    '',
    '| code | exit | what to do next |',
    '| --- | --- | --- |',
    ...Object.entries(errors).map(([code, { exit, next }]) => `| ${code} | ${exit} | ${next} |`),
    '',
    '# Markers',
    '',
    ...Object.entries(markers).map(
      ([name, args]) => `- \`${[`RAYOS_${name}`, ...args.map((arg) => `<${arg}>`)].join(':')}\``,
    ),
    '',
  ].join('\n');
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const isCurrent = readFileSync(file, 'utf8') === reference();
    if (!isCurrent)
      process.stderr.write('docs/commands.md is not what the table says. Run: npm run reference\n');
    process.exit(isCurrent ? 0 : 1);
  }
  writeFileSync(file, reference());
}
