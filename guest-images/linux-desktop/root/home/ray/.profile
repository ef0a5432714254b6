# ~/.profile: read by login shells.
[ -n "$BASH_VERSION" ] && [ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"
# Programs that are started from the serial console find the desktop.
[ -S /run/user/1000/wayland-0 ] && export WAYLAND_DISPLAY=wayland-0 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus
