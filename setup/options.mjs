// The options of `npm start` and `npm test`: everything after `--`.
// @ts-check

import { SetupError } from './say.mjs';

/**
 * @typedef {object} Options
 * @property {ReadonlySet<string>} flags flags that were given, without their dashes
 * @property {Readonly<Record<string, string>>} values options that take a value
 * @property {readonly string[]} words what is no option
 */

/**
 * @param {readonly string[]} argv
 * @param {{ flags: readonly string[], values?: readonly string[], words?: boolean }} known
 * @returns {Options}
 */
export function parseOptions(argv, known) {
  /** @type {Set<string>} */
  const flags = new Set();
  /** @type {Record<string, string>} */
  const values = {};
  /** @type {string[]} */
  const words = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (known.flags.includes(name) && inline === undefined) flags.add(name);
    else if (word === '-h') flags.add('help');
    else if (known.values?.includes(name)) {
      const value = inline ?? argv[++i];
      if (value === undefined) throw usage(`--${name} needs a value`);
      values[name] = value;
    } else if (known.words === true && !word.startsWith('-')) words.push(word);
    else throw usage(`there is no option ${word}`);
  }
  return { flags, values, words };
}

/** @param {string} message */
function usage(message) {
  return new SetupError(`${message}.`, 'Add --help to see what there is.', 2);
}
