// Which distribution this is: os-release(5).
// @ts-check

import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Distribution
 * @property {string} id for example "debian"
 * @property {string} version for example "12"; "" on rolling ones
 * @property {readonly string[]} like distributions that this one descends from
 * @property {string} title for people
 */

/** @param {string} text content of os-release @returns {Distribution} */
export function parseOsRelease(text) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim());
    if (match?.[1]) values[match[1]] = match[2] ?? match[3] ?? match[4] ?? '';
  }
  return {
    id: values.ID ?? 'linux',
    version: values.VERSION_ID ?? '',
    like: (values.ID_LIKE ?? '').split(/\s+/).filter(Boolean),
    title: values.PRETTY_NAME ?? values.NAME ?? 'this Linux',
  };
}

/** @returns {Distribution} */
export function thisDistribution() {
  for (const file of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return parseOsRelease(readFileSync(file, 'utf8'));
    } catch {
      // The next place, then nothing known.
    }
  }
  return { id: 'unknown', version: '', like: [], title: `this system (${process.platform})` };
}
