#!/bin/sh
# Builds the jars, without tests, when a source or a pom is newer than the last such build. Run it in the root folder.
stamp=target/built
for jar in ingest-service embed-worker scheduler-service api-gateway; do
  [ -f "$jar/target/$jar.jar" ] || rm -f "$stamp"
done
[ -d local-stack/target/lib ] || rm -f "$stamp"
if [ -f "$stamp" ] && [ -z "$(find pom.xml ./*/pom.xml ./*/src/main -newer "$stamp" -print | head -n 1)" ]; then
  exit 0
fi

mkdir -p target
log=target/build.log
echo "building (the first time loads libraries, which takes minutes; log in $log)"
# Older than what is changed while Maven runs.
touch "$stamp.begun"
{
  sh .mvn/maven.sh -B -Dmaven.test.skip=true -Dspotless.check.skip package 2>&1
  printf '\nstatus %s\n' "$?" # Maven's last line may lack its end
} | awk -v log_file="$log" '
  BEGIN { status = 1 }
  /^status [0-9]+$/ { status = $2; next }
  { print > log_file }
  /Downloading from/ { if (++loaded % 50 == 0) { print "  " loaded " files loaded"; fflush() } }
  /\[INFO\] Building .*\[[0-9]+\/[0-9]+\]/ { sub(/.*Building /, "  building "); sub(/ *\[[0-9\/]+\].*/, ""); print; fflush() }
  /^\[ERROR\]|was not found|^No JDK/ { print; fflush() }
  END { exit status }' || { rm -f "$stamp.begun"; exit 1; }
mv "$stamp.begun" "$stamp"
