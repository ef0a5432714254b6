// Words → arguments of a command, by its parameters: positions, --flags, types, choices, ranges.

import { RayError } from '../../contracts/errors.ts';
import type { Parameter, Row } from '../rows.ts';
import { commandLine } from './route.ts';

export type Value = string | number | boolean;
export type Parsed = {
  /** For the daemon. */
  readonly arguments: Readonly<Record<string, Value>>;
  /** Used here: the file of a screenshot. */
  readonly local: Readonly<Record<string, string>>;
};

/** The line has more words than the command takes; it may still be a sentence. */
export class TooManyWords extends RayError {}

/**
 * @param rest words after the command's own
 * @param literalFrom index in `rest` from which on nothing is a flag
 * Throws BAD_REQUEST, with what was wrong and a suggestion.
 */
export function parseArguments(
  row: Row,
  rest: readonly string[],
  literalFrom: number = rest.length,
): Parsed {
  const values: Record<string, Value> = {};
  const positions: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? '';
    if (i >= literalFrom || !/^--?[a-zA-Z]/.test(word)) {
      positions.push(word);
      continue;
    }
    const { parameter, inline, isNegated } = readFlag(row, word);
    if (parameter.name in values) throw usage(row, `--${parameter.flag} is given twice`);
    if (parameter.type === 'boolean' && inline === undefined) {
      values[parameter.name] = !isNegated;
      continue;
    }
    const text = inline ?? rest[++i];
    if (text === undefined) throw usage(row, `--${parameter.flag} needs a value`);
    values[parameter.name] = convert(row, parameter, text);
  }
  const left = row.positional.filter((name) => !(name in values));
  if (positions.length > left.length) {
    const takes =
      left.length === 0 ? 'no more words' : `${left.length} word${left.length > 1 ? 's' : ''}`;
    throw new TooManyWords(
      'BAD_REQUEST',
      `${commandLine(row)} takes ${takes}, and got ${positions.length}`,
      { command: commandLine(row) },
    );
  }
  for (const [i, text] of positions.entries()) {
    const parameter = row.parameters.find(({ name }) => name === left[i]);
    if (parameter !== undefined) values[parameter.name] = convert(row, parameter, text);
  }
  return separate(row, values);
}

function separate(row: Row, values: Readonly<Record<string, Value>>): Parsed {
  const missing = row.parameters.filter(({ name, isRequired }) => isRequired && !(name in values));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => placeholder(name)).join(' and ');
    throw usage(row, `${commandLine(row)} needs ${names}`);
  }
  const isLocal = (name: string) => row.parameters.some((p) => p.name === name && p.isLocal);
  const entries = Object.entries(values);
  return {
    arguments: Object.fromEntries(entries.filter(([name]) => !isLocal(name))),
    local: Object.fromEntries(
      entries.filter(([name]) => isLocal(name)).map(([name, value]) => [name, String(value)]),
    ),
  };
}

function readFlag(row: Row, word: string) {
  const [, written = '', inline] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  const name = written.toLowerCase();
  const named = (flag: string) =>
    row.parameters.find((p) => p.flag === flag || p.name.toLowerCase() === flag);
  const parameter = word.startsWith('--') ? named(name) : undefined;
  if (parameter !== undefined) return { parameter, inline, isNegated: false };
  const negated = name.startsWith('no-') ? named(name.slice(3)) : undefined;
  if (negated?.type === 'boolean' && inline === undefined)
    return { parameter: negated, inline, isNegated: true };
  const flags = row.parameters.filter((p) => !p.isLocal).map((p) => `--${p.flag}`);
  const near = flags.find((flag) => flag.startsWith(`--${name.slice(0, 2)}`));
  const hint =
    near !== undefined
      ? `; did you mean ${near}?`
      : flags.length > 0
        ? `; it has ${flags.join(', ')}`
        : '';
  throw usage(row, `${commandLine(row)} has no option ${word.split('=')[0]}${hint}`);
}

function convert(row: Row, parameter: Parameter, text: string): Value {
  const shown = placeholder(parameter.name);
  const { values, minimum, maximum } = parameter;
  switch (parameter.type) {
    case 'string':
      if (values !== undefined && !values.includes(text))
        throw usage(row, `${shown} is one of ${values.join(', ')}, not "${text}"`);
      return text;
    case 'boolean':
      if (/^(true|yes|on)$/i.test(text)) return true;
      if (/^(false|no|off)$/i.test(text)) return false;
      throw usage(row, `${shown} is true or false, not "${text}"`);
    case 'integer':
    case 'number': {
      const form = parameter.type === 'integer' ? /^-?\d{1,15}$/ : /^-?\d+(\.\d+)?$/;
      if (!form.test(text)) throw usage(row, `${shown} is a whole number, not "${text}"`);
      const value = Number(text);
      if (value < (minimum ?? -Infinity) || value > (maximum ?? Infinity))
        throw usage(row, `${shown} has to be ${range(parameter)}, not ${text}`);
      return value;
    }
  }
}

/** "from 1 to 256", "at least 0". */
export function range({ minimum, maximum }: Parameter): string {
  if (minimum === undefined) return maximum === undefined ? '' : `at most ${maximum}`;
  return maximum === undefined ? `at least ${minimum}` : `from ${minimum} to ${maximum}`;
}

/** An argument's name as help shows it. */
export function placeholder(name: string): string {
  return name
    .replace(/[a-z](?=[A-Z])/g, '$&_')
    .replace(/_([KMG])i_B(?=([A-Z])?)/, (_, unit, next) => `_${unit}iB${next ? '_' : ''}`)
    .toUpperCase();
}

function usage(row: Row, message: string): RayError {
  return new RayError('BAD_REQUEST', message, { command: commandLine(row) });
}
