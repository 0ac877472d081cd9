#!/bin/sh
# Starts a command that goes on when the terminal is closed, and prints its process id.
#
#   detach.sh LOG COMMAND...      LOG is written anew with the command's output
log=$1
shift
trap '' HUP
if command -v setsid >/dev/null 2>&1; then
  setsid "$@" </dev/null >"$log" 2>&1 &
else
  "$@" </dev/null >"$log" 2>&1 &
fi
echo $!
