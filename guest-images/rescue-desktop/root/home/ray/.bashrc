# The interactive shell of the desktop's terminals.
PS1='\[\e[38;2;127;164;232m\]\u@\h\[\e[0m\] \[\e[38;2;230;185;138m\]\w\[\e[0m\] \[\e[38;2;143;201;163m\]❯\[\e[0m\] '
HISTSIZE=10000
shopt -s checkwinsize histappend
alias ls='ls --color=auto' ll='ls -lh --color=auto' la='ls -lhA --color=auto' grep='grep --color=auto'

# The first shell of a session greets, and reports that it is about to draw its prompt.
if [ ! -e "$XDG_RUNTIME_DIR/shell-is-up" ]; then
  : >"$XDG_RUNTIME_DIR/shell-is-up"
  printf '\e[1;38;2;240;180;140mWelcome to your Linux desktop.\e[0m\n'
  printf '\e[38;2;142;153;191mIt runs in a RayOS window. Right-click the background for its menu.\e[0m\n\n'
  report_prompt() {
    PROMPT_COMMAND=
    unset -f report_prompt
    echo prompt 1<>/run/rayos/progress
  }
  PROMPT_COMMAND=report_prompt
fi
