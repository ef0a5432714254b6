// A page of documentation as passages: one for each heading, each short enough to be an answer.

export type Passage = {
  /** Its file, without `.md`. */
  readonly page: string;
  readonly title: string;
  readonly heading: string;
  readonly text: string;
};

const maxCharacters = 1500;

/** The passages of a page in Markdown. What is in a fenced block is no heading. */
export function passagesOf(page: string, markdown: string): Passage[] {
  let title = page;
  let heading = '';
  let lines: string[] = [];
  let isCode = false;
  const found: Passage[] = [];
  const close = () => {
    for (const text of pieces(lines.join('\n').trim()))
      found.push({ page, title, heading: heading === '' ? title : heading, text });
    lines = [];
  };
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    // A picture is no answer in words.
    if (!isCode && /^!\[[^\]]*\]\([^)]*\)$/.test(line)) continue;
    const [, marks, words] = (isCode ? null : /^(#{1,6})\s+(.+?)\s*#*$/.exec(line)) ?? [];
    if (marks === undefined || words === undefined) {
      lines.push(line);
      continue;
    }
    close();
    if (marks.length === 1) title = words;
    heading = marks.length === 1 ? '' : words;
  }
  close();
  return found;
}

/** Cut between paragraphs where it is too long; a paragraph stays whole. */
function pieces(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const paragraph of text.split(/\n{2,}/)) {
    if (part !== '' && part.length + paragraph.length > maxCharacters) {
      parts.push(part);
      part = '';
    }
    part = part === '' ? paragraph : `${part}\n\n${paragraph}`;
  }
  if (part.trim() !== '') parts.push(part);
  return parts;
}
