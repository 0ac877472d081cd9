#!/bin/sh
# Makes sure that Chromium (or Chrome) and the chromedriver that fits it exist, and tells where. Prints on stdout
#   browser=<program>
#   driver=<program>
# and everything else on stderr. Missing packages are installed by root, on Debian and Ubuntu; others are told what to
# install. BROWSER_BIN and CHROMEDRIVER_BIN name programs to use instead of looking for them.
set -eu
LC_ALL=C
export LC_ALL

first() { # the first of the programs "$@" that there is
  for program in "$@"; do
    found=$(command -v "$program" 2>/dev/null) && [ -n "$found" ] && { echo "$found"; return; }
  done
  return 0
}

look() {
  browser=${BROWSER_BIN:-$(first chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium)}
  driver=${CHROMEDRIVER_BIN:-$(first chromedriver /usr/lib/chromium-browser/chromedriver)}
}

look
if [ -z "$browser" ] || [ -z "$driver" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing chromium and chromium-driver" >&2
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends chromium chromium-driver; } >&2 || true
    look
  fi
fi
if [ -z "$browser" ] || [ -z "$driver" ]; then
  cat >&2 <<END
A browser or its driver was not found. Install them:
  Debian             sudo apt-get install --no-install-recommends chromium chromium-driver
  Ubuntu             sudo apt-get install chromium-browser chromium-chromedriver
  macOS              brew install --cask google-chrome chromedriver
END
  exit 1
fi
echo "browser=$browser"
echo "driver=$driver"
