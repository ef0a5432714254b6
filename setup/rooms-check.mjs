// The direction of imports between rooms, as sentences about what is wrong.
// @ts-check

import { basename, dirname, join, normalize } from 'node:path';

/**
 * @typedef {import('./rooms-table.mjs').Room} Room
 * @typedef {{ file: string, imports: readonly import('./imports.mjs').Import[] }} SourceFile paths from the root
 */

/**
 * @param {readonly SourceFile[]} files
 * @param {readonly Room[]} rooms
 * @returns {string[]} one sentence for each import that is refused, and for each cycle between rooms
 */
export function checkRooms(files, rooms) {
  /** @type {string[]} */
  const complaints = [];
  /** @type {Map<string, Map<string, string>>} room → room that it imports → where */
  const edges = new Map();
  for (const { file, imports } of files) {
    const room = roomOf(file, rooms);
    if (room === undefined) {
      complaints.push(`${file} is in no room: setup/rooms-table.mjs does not know its folder.`);
      continue;
    }
    for (const { specifier, line } of imports) {
      const where = `${file}:${line}`;
      const reason = specifier.startsWith('.')
        ? refuseFile(file, room, normalize(join(dirname(file), specifier)), rooms)
        : refusePackage(file, room, specifier);
      if (reason !== undefined) complaints.push(`${where} imports ${specifier}: ${reason}`);
      const other = specifier.startsWith('.') && roomOf(join(dirname(file), specifier), rooms);
      if (other && other !== room && !isTest(file)) {
        const targets = edges.get(room.name) ?? new Map();
        targets.set(other.name, targets.get(other.name) ?? where);
        edges.set(room.name, targets);
      }
    }
  }
  return [...complaints, ...cycles(edges)];
}

/**
 * @param {string} file
 * @param {Room} room
 * @param {string} target
 * @param {readonly Room[]} rooms
 */
function refuseFile(file, room, target, rooms) {
  const other = roomOf(target, rooms);
  // The root's own files (package.json) belong to everybody.
  if (other === undefined) return target.includes('/') ? 'that is in no room.' : undefined;
  if (other === room) return undefined;
  if (room.only !== undefined && !room.only.includes(other.name))
    return `${room.name} may use ${room.only.join(', ')} only.`;
  const isAllowedInTest = other.isForTests === true && isTest(file);
  if (other.layer > room.layer && !isAllowedInTest)
    return `${room.name} (layer ${room.layer}) may not use ${other.name} (layer ${other.layer}): imports go downwards.`;
  if (other.layer === room.layer && !room.beside?.includes(other.name) && !isAllowedInTest)
    return `${room.name} and ${other.name} stand side by side and do not know each other.`;
  if (other.isOpen) return undefined;
  const inside = target.slice(other.folder.length + 1);
  const entrances = ['index.ts', ...(other.entrances ?? [])];
  // Tests beside the rooms (trials, benches) and unit tests may use the test helpers of a room.
  if (isTest(file) && basename(inside).startsWith('testing')) return undefined;
  if (!entrances.includes(inside))
    return `${other.name} is entered through ${entrances.map((name) => `${other.folder}/${name}`).join(' or ')} only.`;
  return undefined;
}

/** @param {string} file @param {Room} room @param {string} specifier */
function refusePackage(file, room, specifier) {
  if (room.packages === undefined || isTest(file)) return undefined;
  const name = specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
  if (room.packages.includes(name)) return undefined;
  return `${room.name} may use ${room.packages.join(', ')} and nothing else.`;
}

/** @param {string} file */
function isTest(file) {
  return /\.test(-helper)?\.tsx?$/.test(file) || file.includes('/testing/');
}

/** @param {string} path @param {readonly Room[]} rooms */
function roomOf(path, rooms) {
  return rooms.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
}

/**
 * Cycles between rooms, each told once with the place of every import in it.
 * @param {ReadonlyMap<string, ReadonlyMap<string, string>>} edges
 */
function cycles(edges) {
  /** @type {Map<string, string>} */
  const told = new Map();
  /** @param {string[]} path */
  const follow = (path) => {
    for (const next of edges.get(path.at(-1) ?? '')?.keys() ?? []) {
      const at = path.indexOf(next);
      if (at === -1) follow([...path, next]);
      else tellCycle(path.slice(at));
    }
  };
  /** @param {readonly string[]} cycle */
  const tellCycle = (cycle) => {
    const key = [...cycle].sort().join(' ');
    const places = cycle.map((room, i) =>
      edges.get(room)?.get(cycle[(i + 1) % cycle.length] ?? ''),
    );
    const round = [...cycle, cycle[0]].join(' → ');
    if (!told.has(key)) told.set(key, `rooms in a circle: ${round} (${places.join(', ')}).`);
  };
  for (const room of edges.keys()) follow([room]);
  return [...told.values()];
}
