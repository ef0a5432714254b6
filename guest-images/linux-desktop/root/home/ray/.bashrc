# The interactive shell of the desktop's terminals.
case $- in *i*) ;; *) return ;; esac
PS1='\[\e[38;2;127;164;232m\]\u@\h\[\e[0m\] \[\e[38;2;230;185;138m\]\w\[\e[0m\] \[\e[38;2;143;201;163m\]❯\[\e[0m\] '
HISTSIZE=10000
HISTCONTROL=ignoreboth
shopt -s checkwinsize histappend
alias ls='ls --color=auto' ll='ls -lh --color=auto' la='ls -lhA --color=auto' grep='grep --color=auto'
[ -r /usr/share/bash-completion/bash_completion ] && [ -z "$BASH_COMPLETION_VERSINFO" ] && {
  # Loaded when it is first asked for: it costs a third of a second under software emulation.
  _rayos_completion() { complete -r -D; unset -f _rayos_completion; . /usr/share/bash-completion/bash_completion; return 124; }
  complete -D -F _rayos_completion
}
if [ ! -e "$HOME/.config/rayos/has-been-greeted" ] && [ -d "$HOME/.config/rayos" ]; then
  : >"$HOME/.config/rayos/has-been-greeted"
  printf '\e[1;38;2;240;180;140mWelcome to your Linux desktop.\e[0m\n'
  printf '\e[38;2;142;153;191mIt is Debian 13 in a RayOS window, and what you change here stays.\n'
  printf 'Programs: Super+Space or the bar. sudo asks for no password.\e[0m\n\n'
fi
