// Which modules a TypeScript or JavaScript file imports, types included. Parsed with oxc, which Vite
// brings along. (dependency-cruiser 18.7 reads TypeScript through `typescript` below 7 only, and with
// TypeScript 7 silently sees no file at all.)
// @ts-check

import { parseSync } from 'vite';

/** @typedef {{ specifier: string, line: number }} Import */

/**
 * @param {string} file name, for its extension
 * @param {string} source
 * @returns {Import[]}
 */
export function importsOf(file, source) {
  const { module, program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  /** @type {{ specifier: string, start: number }[]} */
  const found = [];
  for (const { moduleRequest } of module.staticImports)
    found.push({ specifier: moduleRequest.value, start: moduleRequest.start });
  for (const { moduleRequest } of module.staticExports.flatMap(({ entries }) => entries))
    if (moduleRequest) found.push({ specifier: moduleRequest.value, start: moduleRequest.start });
  visit(program, found);
  return found.map(({ specifier, start }) => ({
    specifier,
    line: source.slice(0, start).split('\n').length,
  }));
}

/**
 * Finds `import('x')`, in code and in types.
 * @param {unknown} node
 * @param {{ specifier: string, start: number }[]} found
 */
function visit(node, found) {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const child of node) visit(child, found);
    return;
  }
  const { type, source, start } = /** @type {{ type?: string, source?: any, start?: number }} */ (
    node
  );
  if ((type === 'ImportExpression' || type === 'TSImportType') && typeof source?.value === 'string')
    found.push({ specifier: source.value, start: start ?? 0 });
  for (const child of Object.values(node)) visit(child, found);
}
