// Options that every command has, taken out of the words before the command reads the rest.

import { RayError } from '../../contracts/errors.ts';

export type Options = {
  readonly json: boolean;
  readonly help: boolean;
  readonly version: boolean;
  /** Consent to a plan of a `confirm` command, without looking at it. */
  readonly yes: boolean;
  /** Overwrite a file that is no picture. */
  readonly force: boolean;
  /** Consent token of a plan that was looked at. */
  readonly consent?: string;
};

const optionFlags: ReadonlyMap<string, Exclude<keyof Options, 'consent'>> = new Map([
  ['--json', 'json'],
  ['--help', 'help'],
  ['-h', 'help'],
  ['--version', 'version'],
  ['--yes', 'yes'],
  ['-y', 'yes'],
  ['--force', 'force'],
]);

/** What each option means, for help and completion. */
export const optionWords: readonly (readonly [string, string])[] = [
  [
    '--json',
    'print exactly one JSON value: {"result": …} or {"error": …}; streams print one a line',
  ],
  ['--yes', 'consent to what needs confirmation (never to what destroys)'],
  ['--consent TOKEN', 'carry out the plan that this token was given for'],
  ['--help', 'what the command does and takes'],
];

/** Words after `--` are never options. */
export type SplitLine = {
  readonly options: Options;
  readonly words: readonly string[];
  /** Index in `words` from which on nothing is a flag. */
  readonly literalFrom: number;
};

export function takeOptions(argv: readonly string[]): SplitLine {
  const options: { -readonly [K in keyof Options]: Options[K] } = {
    json: false,
    help: false,
    version: false,
    yes: false,
    force: false,
  };
  const words: string[] = [];
  const end = argv.indexOf('--') === -1 ? argv.length : argv.indexOf('--');
  for (let i = 0; i < end; i++) {
    const word = argv[i] ?? '';
    const name = optionFlags.get(word);
    if (word === '--consent' || word.startsWith('--consent=')) {
      const token = word === '--consent' ? (argv[++i] ?? '') : word.slice('--consent='.length);
      if (token === '' || i >= end)
        throw new RayError('BAD_REQUEST', '--consent needs the token of a plan', { command: '' });
      options.consent = token;
    } else if (name === undefined) words.push(word);
    else options[name] = true;
  }
  const literalFrom = words.length;
  return { options, words: [...words, ...argv.slice(end + 1)], literalFrom };
}
