// Completion scripts. They ask `rayos __complete`, so that what they offer is the command table of the
// RayOS that is installed, with the guests that exist at that moment.

import { RayError } from '../../contracts/errors.ts';

const scripts: Readonly<Record<string, string>> = {
  bash: `# rayos completion for bash. In ~/.bashrc: source <(rayos completion bash)
_rayos() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(rayos __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _rayos rayos
`,
  zsh: `#compdef rayos
# rayos completion for zsh. In ~/.zshrc, after compinit: source <(rayos completion zsh)
_rayos() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(rayos __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe rayos found; else _files; fi
}
compdef _rayos rayos
`,
  fish: `# rayos completion for fish. In ~/.config/fish/config.fish: rayos completion fish | source
function __rayos_complete
  set -l words (commandline -opc)[2..] (commandline -ct)
  rayos __complete $words 2>/dev/null
end
complete -c rayos -a '(__rayos_complete)'
`,
};

/** The script for a shell. Throws BAD_REQUEST for one that is not known. */
export function completionScript(shell: string): string {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script !== undefined) return script;
  const known = Object.keys(scripts).join(', ');
  const asked = shell === '' ? 'say for which shell' : `there is no completion for ${shell}`;
  throw new RayError('BAD_REQUEST', `${asked}: ${known}`, { command: 'completion' });
}
