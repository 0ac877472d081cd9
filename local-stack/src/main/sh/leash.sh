#!/bin/sh
# Runs a command that must not outlive whoever started it.
#
#   leash.sh SIGNAL GRACE LOG COMMAND...
#
# Standard input is the leash: a pipe that the parent holds open and writes nothing to. When it ends, because the parent
# closed it or died in whatever way, the command gets SIGNAL, and KILL after GRACE seconds. Prints the command's process
# id on stdout; the command's own output is appended to LOG. Exits with the command's status.
signal=$1
grace=$2
log=$3
shift 3

# Ctrl-C reaches every process of the terminal's group. Only the parent may act on it, for it knows the order; so this
# shell ignores it, and the command gets a session of its own where the system can make one.
trap '' INT HUP
exec 3<&0
if command -v setsid >/dev/null 2>&1; then
  setsid "$@" </dev/null >>"$log" 2>&1 3<&- &
elif command -v perl >/dev/null 2>&1; then
  perl -e 'use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV or exit 127' "$@" </dev/null >>"$log" 2>&1 3<&- &
else
  "$@" </dev/null >>"$log" 2>&1 3<&- &
fi
child=$!

stop_child() {
  kill -s "$signal" "$child" 2>/dev/null
  waited=0
  while kill -0 "$child" 2>/dev/null; do
    if [ "$waited" -ge $((grace * 5)) ]; then
      kill -s KILL "-$child" 2>/dev/null || kill -s KILL "$child" 2>/dev/null
      return
    fi
    sleep 0.2
    waited=$((waited + 1))
  done
}

# A shell of its own waits for the end of the pipe, so that killing the shell below does not cut the leash.
(
  trap - TERM
  while read -r _; do :; done
  stop_child
) <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&-
echo "$child" # after the watcher stands: without a reader this line ends the shell

trap 'kill -s "$signal" "$child" 2>/dev/null' TERM
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || break # else a signal to this shell ended the wait, not the command
done
kill "$watcher" 2>/dev/null
exit "$status"
