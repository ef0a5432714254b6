// A new guest: from a recipe, or from a file that RayOS looks at first. The machine that it would make is
// shown with its reasons, and can be changed before anything is made.

import { createSignal, type JSX, Match, Show, Switch } from 'solid-js';
import type { CommandArguments, Proposal } from '../../../src/contracts/index.ts';
import { useDesktop } from '../desktop/model.ts';
import { createDoing } from '../forms/doing.ts';
import { Choice, Said, TextField } from '../forms/forms.tsx';
import { Adjust, type Wanted, wantedOf } from './proposal.tsx';
import './create.css';

type Source = 'recipe' | 'file';
const recipes = [
  ['linux-desktop', 'Linux desktop', 'Debian 13 on a disk: what you change stays.'],
  [
    'rescue-desktop',
    'Rescue desktop',
    'Small, in memory, ready in seconds; begins anew each time.',
  ],
] as const;

export function CreatePage(): JSX.Element {
  const desktop = useDesktop();
  const doing = createDoing(desktop);
  const [source, setSource] = createSignal<Source>('recipe');
  const [recipe, setRecipe] = createSignal<string>(recipes[0][0]);
  const [path, setPath] = createSignal('');
  const [proposal, setProposal] = createSignal<Proposal>();
  const [wanted, setWanted] = createSignal<Wanted>(freshName());

  function freshName(base = 'my-guest'): Wanted {
    const taken = new Set(desktop.world.guests.map((guest) => guest.name));
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base.slice(0, 60)}-${n}`;
    return { name, title: '' };
  }
  const look = async (event: SubmitEvent) => {
    event.preventDefault();
    setProposal(undefined);
    const found = await doing.run('guest.propose', { from: path().trim() });
    if (!found) return;
    setProposal(found);
    setWanted({ ...wantedOf(found), name: freshName(found.suggestedName).name });
  };
  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    const { memoryMiB, cpus, diskGiB, ...rest } = wanted();
    const number = (name: string, value: string | undefined) =>
      value && Number(value) > 0 ? { [name]: Number(value) } : {};
    const made = await doing.run('guest.create', {
      ...rest,
      title: rest.title.trim() || rest.name,
      ...number('memoryMiB', memoryMiB),
      ...number('cpus', cpus),
      ...number('diskGiB', diskGiB),
      ...(source() === 'file' ? { from: path().trim() } : { recipe: recipe() }),
    } as CommandArguments<'guest.create'>);
    if (!made) return;
    desktop.pages.close('page:create');
    desktop.open(`#/guest/${made.name}`);
  };
  return (
    <div class="page-scroll">
      <h1 class="page-title">New guest</h1>
      <Choice
        label="What from?"
        choices={[
          ['recipe', 'A system that RayOS builds'],
          ['file', 'A file of yours'],
        ]}
        value={source()}
        change={(next) => {
          setSource(next);
          setProposal(undefined);
          setWanted(freshName());
        }}
      />
      <Switch>
        <Match when={source() === 'recipe'}>
          <Choice
            label="System"
            choices={recipes.map(([name, title]) => [name, title] as const)}
            hint={recipes.find(([name]) => name === recipe())?.[2]}
            value={recipe()}
            change={setRecipe}
          />
        </Match>
        <Match when={source() === 'file'}>
          <form class="form-row" onSubmit={(event) => void look(event)}>
            <TextField
              label="File on the machine that runs RayOS"
              hint="An ISO, a disk image (qcow2, raw, vmdk, vhd, vhdx) or a kernel."
              placeholder="/home/you/debian-13.iso"
              value={path()}
              input={setPath}
              required
            />
            <button class="button" type="submit" aria-disabled={doing.busy()}>
              Look at it
            </button>
          </form>
        </Match>
      </Switch>
      <Show when={source() === 'recipe' || proposal()}>
        <form onSubmit={(event) => void make(event)}>
          <Adjust
            proposal={source() === 'file' ? proposal() : undefined}
            wanted={wanted()}
            change={(next) => setWanted((now) => ({ ...now, ...next }))}
          />
          <div class="page-actions">
            <button class="button primary" type="submit" aria-disabled={doing.busy()}>
              Create
            </button>
          </div>
        </form>
      </Show>
      <Said fault={doing.fault()} done={doing.busy() ? 'One moment…' : doing.done()} />
    </div>
  );
}
