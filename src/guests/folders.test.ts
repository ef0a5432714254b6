import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { admitFolder, checkReadable, type FolderRules, folderName } from './folders.ts';

function home() {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'rayos-folders-')));
  const made = (...parts: string[]) => {
    const folder = join(top, ...parts);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const rules: FolderRules = {
    allow: ['~'],
    home: made('home'),
    never: [made('state'), '/etc', '/proc'],
    policyFile: 'policy.toml',
  };
  return { top, made, rules, [Symbol.dispose]: () => rmSync(top, { recursive: true }) };
}

test('what lies in a listed folder is shared, by its real path', () => {
  using here = home();
  const pictures = here.made('home', 'Pictures');
  symlinkSync(pictures, join(here.rules.home, 'link'));
  for (const path of [pictures, '~/Pictures', '~/link', '~/Pictures/../Pictures/', `${pictures}/.`])
    assert.equal(admitFolder(path, here.rules), pictures, path);
});

test('no link, no `..` and no likeness of names leads out of what policy lists', () => {
  using here = home();
  const { rules, top } = here;
  here.made('homework');
  symlinkSync('/etc', join(rules.home, 'innocent'));
  symlinkSync(join(top, 'state'), join(rules.home, 'state'));
  symlinkSync('..', join(rules.home, 'up'));
  const refused = [
    '~/innocent',
    '~/state',
    '~/up',
    '~/..',
    '~/../homework',
    '/',
    '/etc',
    '/proc/self',
  ];
  for (const path of refused)
    assert.throws(() => admitFolder(path, rules), { code: 'POLICY_DENIED' }, path);
});

test('a home as a whole, what begins with a dot, and what holds the state of RayOS are refused', () => {
  using here = home();
  const { rules, top } = here;
  here.made('home', '.ssh', 'keys');
  for (const path of ['~', '~/.ssh', '~/.ssh/keys'])
    assert.throws(() => admitFolder(path, rules), { code: 'POLICY_DENIED' }, path);
  assert.throws(() => admitFolder(top, { ...rules, allow: [top] }), /state.*is in it/);
  const inside = here.made('home', 'rayos', 'guests');
  const own = { ...rules, never: [join(rules.home, 'rayos')] };
  assert.throws(() => admitFolder(inside, own), { code: 'POLICY_DENIED' });
});

test('what is no folder, or is not there, is said so', () => {
  using here = home();
  writeFileSync(join(here.rules.home, 'file'), '');
  for (const path of ['~/file', '~/nothing', '~/a\0b'])
    assert.throws(() => admitFolder(path, here.rules), { code: 'FILE_UNREADABLE' }, path);
  assert.throws(() => admitFolder('Pictures', here.rules), { code: 'BAD_REQUEST' });
});

test('any path is either in a listed folder or refused in words', () => {
  using here = home();
  const { rules } = here;
  here.made('home', 'a', 'b');
  symlinkSync('/', join(rules.home, 'a', 'root'));
  const part = fc.constantFrom('..', '.', 'a', 'b', 'root', 'etc', '', '~', 'home', 'tmp');
  fc.assert(
    fc.property(fc.boolean(), fc.array(part), (fromHome, parts) => {
      try {
        const real = admitFolder(`${fromHome ? '~' : ''}/${parts.join('/')}`, rules);
        assert.ok(real.startsWith(`${rules.home}/`), real);
      } catch (thrown) {
        assert.ok(thrown instanceof Error && 'code' in thrown, String(thrown));
      }
    }),
  );
});

test("a folder that the guest's own user cannot read is refused with what would open it", () => {
  using here = home();
  const open = here.made('home', 'open');
  checkReadable(open, 1_900_000_000);
  const closed = join(here.rules.home, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  assert.throws(() => checkReadable(closed, 1_900_000_000), /chmod o\+rx/);
  checkReadable(closed, undefined);
});

test('every folder has a name that the agent takes', () => {
  assert.equal(folderName('/home/you/Meine Übersicht', undefined), 'meine-u-bersicht');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (path) => {
      assert.match(folderName(path, undefined), /^[a-z0-9][a-z0-9-]{0,26}$/);
    }),
  );
});
