// Folders of this machine that a guest sees: read-only unless a person says otherwise, and never without
// their consent.

import { createSignal, Index, type JSX } from 'solid-js';
import { useDesktop } from '../desktop/model.ts';
import { createDoing } from '../forms/doing.ts';
import { Said, TextField, Toggle } from '../forms/forms.tsx';
import { Icon } from '../icons/icons.tsx';
import type { SectionProps } from './guest-page.tsx';

export function Folders(props: SectionProps): JSX.Element {
  const desktop = useDesktop();
  const doing = createDoing(desktop);
  const { name } = props.guest;
  const [path, setPath] = createSignal('');
  const [writable, setWritable] = createSignal(false);
  const share = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await doing.run(
      'folder.share',
      { guest: name, path: path().trim(), ...(writable() ? { writable: true } : {}) },
      (folder) => `${folder.path} is shared as ${folder.name}.`,
    );
    if (!done) return;
    setPath('');
    props.again();
  };
  const unshare = async (folder: string) => {
    const words = () => `${folder} is no longer shared. The folder itself stays.`;
    if (await doing.run('folder.unshare', { guest: name, name: folder }, words)) props.again();
  };
  return (
    <>
      <h1 class="page-title">Folders</h1>
      <p class="page-lead">
        What the guest sees of this machine. Files that you drop onto its window go into a folder of
        their own.
      </p>
      <ul class="things">
        {/* By their places: news of the guest do not take the focus from a button. */}
        <Index
          each={props.guest.folders}
          fallback={<li class="page-empty">It sees no folder of this machine.</li>}
        >
          {(folder) => (
            <li>
              <Icon name="folder" />
              <div>
                <p class="thing-name">{folder().name}</p>
                <p class="thing-words">
                  {folder().path}, {folder().writable ? 'it may change what is in it' : 'read-only'}
                </p>
              </div>
              <button
                class="button"
                type="button"
                aria-disabled={doing.busy()}
                aria-label={`Stop sharing ${folder().name}`}
                onClick={() => void unshare(folder().name)}
              >
                Stop sharing
              </button>
            </li>
          )}
        </Index>
      </ul>
      <h2 class="section-title">Share another one</h2>
      <form onSubmit={(event) => void share(event)}>
        <TextField
          label="Folder on this machine"
          placeholder="/home/you/Pictures"
          value={path()}
          input={setPath}
          required
        />
        <Toggle label="It may change what is in it" on={writable()} change={setWritable} />
        <button class="button" type="submit" aria-disabled={doing.busy()}>
          Share…
        </button>
      </form>
      <Said fault={doing.fault()} done={doing.done()} />
    </>
  );
}
