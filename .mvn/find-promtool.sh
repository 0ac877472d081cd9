#!/bin/sh
# Makes sure of Prometheus' promtool, with which the alerts are tested, where that needs nobody's help.
command -v promtool >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing Prometheus, to test the alerts with"
  # The run level keeps the package from starting its server.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends prometheus >/dev/null 2>&1
fi
command -v promtool >/dev/null 2>&1 ||
  echo "promtool was not found: the alerts are not tested. Install Debian's package prometheus to have them tested."
exit 0
