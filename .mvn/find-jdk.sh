#!/bin/sh
# Prints the home of a JDK of version 21 or later: JAVA_HOME if it is one, else the newest that the usual places hold.
oldest=21

major() { # of the JDK in folder $1, nothing when there is none
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] &&
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

version=$(major "${JAVA_HOME:-/nonexistent}")
if [ "${version:-0}" -ge "$oldest" ]; then
  echo "$JAVA_HOME"
  exit
fi

on_path() { # the home of the javac on the PATH, through the links that lead to it
  javac=$(command -v javac) || return
  while [ -L "$javac" ]; do
    link=$(readlink "$javac")
    case $link in /*) javac=$link ;; *) javac=$(dirname "$javac")/$link ;; esac
  done
  dirname "$(dirname "$javac")"
}

best=
best_version=0
for home in "$(on_path)" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* \
  "$HOME"/.jdks/* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
  /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /Library/Java/JavaVirtualMachines/*/Contents/Home; do
  version=$(major "$home")
  if [ "${version:-0}" -ge "$oldest" ] && [ "$version" -gt "$best_version" ]; then
    best=$home
    best_version=$version
  fi
done

if [ -z "$best" ]; then
  cat >&2 <<END
No JDK $oldest or later was found. Install one, or set JAVA_HOME:
  Debian 13, Ubuntu   sudo apt-get install openjdk-21-jdk-headless
  macOS               brew install openjdk
  elsewhere           https://adoptium.net
END
  exit 1
fi
echo "$best"
