#!/bin/sh
# Runs Maven with a JDK that suits; the arguments are Maven's.
here=$(dirname "$0")
JAVA_HOME=$(sh "$here/find-jdk.sh") || exit 1
export JAVA_HOME

if ! command -v mvn >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing Maven" >&2
    apt-get -q update >&2 &&
      DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends maven >&2
  fi
fi
if ! command -v mvn >/dev/null 2>&1; then
  cat >&2 <<END
Maven was not found. Install it:
  Debian, Ubuntu   sudo apt-get install maven
  macOS            brew install maven
END
  exit 1
fi
exec mvn "$@"
