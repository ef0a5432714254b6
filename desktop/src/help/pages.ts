// The pages of the documentation, built into the desktop: they are there when RayOS is not.

import { type Block, parseMarkdown, plain } from './markdown.ts';

export type Manual = {
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly source: string;
};

const sources = import.meta.glob<string>('../../../docs/*.md', {
  query: '?raw',
  import: 'default',
});

/** Order in the list; the rest follows by title, the reference of all commands last. */
const first = ['first-start', 'start', 'desktop', 'guests', 'trouble'];

/** All pages, read when help is first opened. */
export async function loadManual(): Promise<readonly Manual[]> {
  const pages = await Promise.all(
    Object.entries(sources).map(async ([path, load]) => {
      const name = /([^/]+)\.md$/.exec(path)?.[1] ?? path;
      const source = await load();
      const blocks = parseMarkdown(source);
      const heading = blocks.find((block) => block.kind === 'heading');
      return { name, title: heading ? plain(heading.parts) : name, blocks, source };
    }),
  );
  const rank = ({ name }: Manual) => {
    const at = first.indexOf(name);
    return name === 'commands' ? 99 : at < 0 ? 50 : at;
  };
  return pages
    .filter(({ name }) => name !== 'README')
    .sort((a, b) => rank(a) - rank(b) || a.title.localeCompare(b.title));
}
