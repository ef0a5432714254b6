// The pictures of the documentation, built into the desktop like its pages.

const found = import.meta.glob<string>('../../../docs/pictures/*.webp', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** Where the picture is that a page calls `pictures/<name>-light.webp`, in this scheme; undefined if nowhere. */
export function pictureAt(written: string, scheme: 'dark' | 'light'): string | undefined {
  const name = /^pictures\/([a-z0-9-]+)-light\.webp$/.exec(written)?.[1];
  return name && found[`../../../docs/pictures/${name}-${scheme}.webp`];
}
