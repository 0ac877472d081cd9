#!/bin/sh
# Makes sure of what alerts and the commands of the runbooks are tested with, where that needs nobody's help. What can't be had
# is said on stderr, with what is left out; it fails nothing.
missing() { # Debian's packages of the programs that are not there
  { command -v promtool && command -v prometheus; } >/dev/null 2>&1 || echo prometheus
  command -v curl >/dev/null 2>&1 || echo curl
  command -v jq >/dev/null 2>&1 || echo jq
}

packages=$(missing)
[ -n "$packages" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing, to test alerts and runbooks with:" $packages
  # The run level keeps the package prometheus from starting its server.
  export RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive
  # One by one: a package that there is not must not keep the others away.
  apt-get -q update >/dev/null && for package in $packages; do
    apt-get -q -y install --no-install-recommends "$package" >/dev/null
  done
fi
for package in $(missing); do
  case $package in
    prometheus) echo "SKIPPED: promtool or prometheus was not found, so the alerts are not tested, and no Prometheus is asked what they and the dashboards ask." ;;
    *) echo "SKIPPED: $package was not found, so the commands of the runbooks are not tested." ;;
  esac
  echo "Install Debian's package $package to have it done."
done >&2
exit 0
