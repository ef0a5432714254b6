// Markdown as text for a terminal: what RayOS's own pages use, and no more.

import type { Style } from '../terminal/style.ts';

/** Lines to print. Code is indented, emphasis is bold, links are their words, tables are columns of words. */
export function markdownLines(markdown: string, style: Style): string[] {
  let isCode = false;
  const lines: string[] = [];
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    else if (isCode) lines.push(style.cyan(`    ${line}`));
    else if (/^\|[\s:|-]+\|$/.test(line)) continue;
    else if (line.startsWith('|')) lines.push(inline(row(line), style));
    else lines.push(inline(line, style));
  }
  return lines;
}

function row(line: string): string {
  const cells = line.split('|').map((cell) => cell.trim());
  return `  ${cells.filter((cell) => cell !== '').join('  –  ')}`;
}

function inline(text: string, style: Style): string {
  return text
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/`([^`]+)`/g, (_, code: string) => style.cyan(code))
    .replace(/\*\*([^*]+)\*\*/g, (_, strong: string) => style.bold(strong));
}
