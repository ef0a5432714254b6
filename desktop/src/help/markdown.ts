// The Markdown that RayOS's documentation is written in, as a tree: headings, paragraphs, lists, tables,
// code, quotes; bold, code, links and pictures. Nothing in it can become markup: the page draws the tree itself.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly parts: readonly Inline[] }
  | { readonly kind: 'link'; readonly parts: readonly Inline[]; readonly to: string }
  /** `text` says what is to be seen. */
  | { readonly kind: 'picture'; readonly text: string; readonly to: string };

export type Block =
  | {
      readonly kind: 'heading';
      readonly level: number;
      readonly parts: readonly Inline[];
      readonly id: string;
    }
  | { readonly kind: 'paragraph'; readonly parts: readonly Inline[] }
  | { readonly kind: 'quote'; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'list';
      readonly ordered: boolean;
      readonly items: readonly (readonly Inline[])[];
    }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    };

const mostNesting = 4;

export function parseMarkdown(source: string): Block[] {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const take = (wanted: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && wanted(lines[at] ?? '')) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = /^(#{1,6})\s+(.+?)\s*#*$/.exec(line);
    if (line.trim() === '') at++;
    else if (heading) {
      at++;
      const text = heading[2] ?? '';
      blocks.push({
        kind: 'heading',
        level: heading[1]?.length ?? 1,
        parts: inline(text),
        id: slug(text),
      });
    } else if (/^\s*```/.test(line)) {
      at++;
      const text = take((l) => !/^\s*```/.test(l)).join('\n');
      at++;
      blocks.push({ kind: 'code', text });
    } else if (isRow(line) && /^\s*\|?[\s:|-]*-[\s:|-]*$/.test(lines[at + 1] ?? '')) {
      at += 2;
      const rows = take(isRow).map(cellsOf);
      blocks.push({ kind: 'table', head: cellsOf(line), rows });
    } else if (isItem(line)) {
      const ordered = /^\s*\d/.test(line);
      const items: string[] = [];
      for (const l of take((l) => isItem(l) || /^\s+\S/.test(l)))
        if (isItem(l)) items.push(l.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, ''));
        else items.push(`${items.pop() ?? ''} ${l.trim()}`);
      blocks.push({ kind: 'list', ordered, items: items.map((item) => inline(item)) });
    } else if (line.startsWith('>')) {
      const text = take((l) => l.startsWith('>')).map((l) => l.replace(/^>\s?/, ''));
      blocks.push({ kind: 'quote', parts: inline(text.join(' ')) });
    } else {
      const first = lines[at++] ?? '';
      const rest = take((l) => l.trim() !== '' && !/^(#{1,6}\s|\s*```|>)/.test(l) && !isItem(l));
      blocks.push({
        kind: 'paragraph',
        parts: inline([first, ...rest].map((l) => l.trim()).join(' ')),
      });
    }
  }
  return blocks;
}

/** The name of a heading in an address. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s+/g, '-')
    .slice(0, 100);
}

/** The words alone. */
export function plain(parts: readonly Inline[]): string {
  return parts.map((part) => ('parts' in part ? plain(part.parts) : part.text)).join('');
}

function inline(text: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  const pattern =
    /(`+)(.+?)\1|\*\*([^*]+)\*\*|(!?)\[([^\]]+)\]\(([^)\s]+)\)|<(https?:\/\/[^>\s]+)>/g;
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > last) parts.push({ kind: 'text', text: text.slice(last, match.index) });
    last = match.index + match[0].length;
    const [whole, , code, strong, sign, label, to, bare] = match;
    const nested = (inner: string) =>
      depth < mostNesting ? inline(inner, depth + 1) : [{ kind: 'text', text: inner } as const];
    if (code !== undefined) parts.push({ kind: 'code', text: code.trim() });
    else if (strong !== undefined) parts.push({ kind: 'strong', parts: nested(strong) });
    else if (sign === '!' && label !== undefined && to !== undefined)
      parts.push({ kind: 'picture', text: label, to });
    else if (label !== undefined && to !== undefined)
      parts.push({ kind: 'link', parts: nested(label), to });
    else if (bare !== undefined)
      parts.push({ kind: 'link', parts: [{ kind: 'text', text: bare }], to: bare });
    else parts.push({ kind: 'text', text: whole });
  }
  if (last < text.length) parts.push({ kind: 'text', text: text.slice(last) });
  return parts;
}

function isItem(line: string): boolean {
  return /^\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+\S/.test(line);
}

function isRow(line: string): boolean {
  return /^\s*\|.*\|\s*$/.test(line);
}

function cellsOf(line: string): Inline[][] {
  const inner = line.trim().replace(/^\||\|$/g, '');
  // A bar in code or behind a backslash is no border.
  const cells = inner.match(/(?:`[^`]*`|\\\||[^|])+|(?<=^|\|)(?=\||$)/g) ?? [];
  return cells.map((cell) => inline(cell.trim().replaceAll('\\|', '|')));
}
