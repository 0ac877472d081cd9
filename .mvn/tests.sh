#!/bin/sh
# Builds all, then tests it in two Mavens side by side: the modules' own tests, and those of the whole. Within one, the tests of the
# whole would wait until those of each module have ended, and much of a test is waiting.
cd "$(dirname "$0")/.." || exit 1
maven="sh .mvn/maven.sh -B -ntp"
tests="process-test-classes failsafe:integration-test failsafe:verify -Dmaven.main.skip -Dspotless.check.skip"
log=target/tests-of-the-whole.log

sh .mvn/find-promtool.sh
# What an earlier run left there would be counted.
rm -rf ./*/target/failsafe-reports
$maven -T 2 -Pbench package || exit 1

mkdir -p target
$maven -Ptests-of-the-whole -pl e2e-tests -am $tests >"$log" 2>&1 &
whole=$!
trap 'kill "$whole" 2>/dev/null' INT TERM
$maven -T 3 -pl '!e2e-tests' $tests
modules=$?
wait "$whole"
failed=$?
cat "$log"
[ "$modules" = 0 ] && [ "$failed" = 0 ]
