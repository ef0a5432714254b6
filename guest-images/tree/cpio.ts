// The "newc" cpio format, which the kernel unpacks as its first file system
// (Documentation/driver-api/early-userspace/buffer-format.rst).

import type { TreeEntry } from './tree.ts';

const kinds = { file: 0o100000, directory: 0o040000, link: 0o120000, character: 0o020000 } as const;
const headerSize = 110;

/**
 * Writes entries, parents first, as chunks of one archive. Same entries, same bytes: there are no
 * inode numbers, owners or times of the building machine in it.
 */
export function* writeCpio(entries: Iterable<TreeEntry>, mtime: number): Generator<Buffer> {
  let inode = 1;
  for (const entry of entries) {
    const content = contentOf(entry);
    yield header(entry.path, content.length, {
      inode: inode++,
      mode: kinds[entry.kind] | entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      links: entry.kind === 'directory' ? 2 : 1,
      mtime,
      major: entry.kind === 'character' ? entry.major : 0,
      minor: entry.kind === 'character' ? entry.minor : 0,
    });
    yield content;
    yield padding(content.length);
  }
  yield header('TRAILER!!!', 0, {
    inode: 0,
    mode: 0,
    uid: 0,
    gid: 0,
    links: 1,
    mtime: 0,
    major: 0,
    minor: 0,
  });
}

type Fields = Readonly<
  Record<'inode' | 'mode' | 'uid' | 'gid' | 'links' | 'mtime' | 'major' | 'minor', number>
>;

function header(path: string, size: number, f: Fields): Buffer {
  const name = Buffer.from(`${path}\0`);
  const numbers = [f.inode, f.mode, f.uid, f.gid, f.links, f.mtime, size, 0, 0];
  numbers.push(f.major, f.minor, name.length, 0);
  const text = `070701${numbers.map((n) => n.toString(16).toUpperCase().padStart(8, '0')).join('')}`;
  return Buffer.concat([Buffer.from(text), name, padding(headerSize + name.length)]);
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}

function contentOf(entry: TreeEntry): Buffer {
  if (entry.kind === 'file') return entry.content();
  return entry.kind === 'link' ? Buffer.from(entry.target) : Buffer.alloc(0);
}
