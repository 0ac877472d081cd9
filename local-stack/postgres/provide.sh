#!/bin/sh
# Makes sure that a PostgreSQL server (15 or later) with pgvector (0.8 or later) exists, and tells where.
#
#   provide.sh FOLDER
#
# Whatever has to be unpacked or compiled goes into FOLDER; it needs no root and leaves the system's files alone. Only
# missing packages (server, compiler) are installed, and only by root. Prints on stdout
#   bin=<folder of postgres and initdb>
#   library_path=<folder of shared libraries>     (only when the server was unpacked privately)
# and everything else on stderr. POSTGRES_BIN names an installation to use instead of looking for one.
set -eu
umask 022
LC_ALL=C
export LC_ALL

mkdir -p "$1"
folder=$(cd "$1" && pwd)
oldest_server=15

say() { echo "$*" >&2; }
die() { say "error: $*"; exit 1; }

private_libraries() { # the one folder of shared libraries among the privately unpacked packages, if any
  for libraries in "$folder"/usr/lib/*-linux-gnu*; do
    if [ -d "$libraries" ]; then echo "$libraries"; fi
  done
}

server_major() { # of the postgres in folder $1
  LD_LIBRARY_PATH=$(private_libraries) "$1/postgres" --version 2>/dev/null | sed -n 's/^[^0-9]*\([0-9][0-9]*\).*/\1/p'
}

share_folder() { # of the installation whose programs are in $1
  case $1 in
    */lib/postgresql/*/bin) echo "$1" | sed 's#/lib/postgresql/\([0-9]*\)/bin$#/share/postgresql/\1#' ;;
    *) "$1/pg_config" --sharedir ;;
  esac
}

recent_vector() { # is the version $1 of pgvector 0.8 or later?
  echo "$1" | awk -F. '{ exit !($1 > 0 || $2 >= 8) }'
}

is_server() { # is there a server in $1 that is recent enough?
  [ -x "$1/postgres" ] && [ -x "$1/initdb" ] || return 1
  major=$(server_major "$1")
  [ -n "$major" ] && [ "$major" -ge "$oldest_server" ]
}

has_vector() {
  control=$(share_folder "$1")/extension/vector.control
  [ -f "$control" ] && recent_vector "$(sed -n "s/^default_version = '\(.*\)'/\1/p" "$control")"
}

# A private copy of a server follows the system's: after an upgrade of the package it is made again.
is_current() {
  case $1 in
    "$folder"/*) [ ! -f "$folder/origin" ] || cmp -s "$(cat "$folder/origin")/postgres" "$1/postgres" ;;
  esac
}

places() { # where installations may be, the preferred ones first
  if [ -n "${POSTGRES_BIN:-}" ]; then
    echo "$POSTGRES_BIN"
    return
  fi
  for place in "$folder"/usr/lib/postgresql/*/bin; do echo "$place"; done
  for version in 20 19 18 17 16 15; do
    echo "/usr/lib/postgresql/$version/bin"
    echo "/usr/pgsql-$version/bin"
    for prefix in /opt/homebrew /usr/local /home/linuxbrew/.linuxbrew; do
      echo "$prefix/opt/postgresql@$version/bin"
    done
  done
  if command -v pg_config >/dev/null 2>&1; then pg_config --bindir; fi
}

answer_if_ready() {
  places | while read -r place; do
    if is_server "$place" && has_vector "$place" && is_current "$place"; then
      echo "bin=$place"
      case $place in
        "$folder"/*) libraries=$(private_libraries); [ -z "$libraries" ] || echo "library_path=$libraries" ;;
      esac
      break
    fi
  done | grep . # succeeds only when something was printed
}

installed_server() { # prints the folder of an installed server, with or without pgvector
  places | while read -r place; do
    case $place in "$folder"/*) continue ;; esac
    if is_server "$place"; then echo "$place"; break; fi
  done
}

# --- Debian and Ubuntu -----------------------------------------------------------------------------------------------

# Lists and packages are kept in a private folder, so that neither root nor a change of the system's lists is needed.
apt_here() {
  apt-get -q -y -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root \
    -o Acquire::Retries=3 "$@"
}

apt_candidate() { # upstream version of package $1 that apt would install, "" when it knows none
  apt-cache -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" show --no-all-versions "$1" 2>/dev/null |
    sed -n 's/^Version: \([0-9]*:\)*\([0-9.]*\).*/\2/p' | head -n 1
}

unpack_packages() { # downloads the packages "$@" and unpacks them into FOLDER, which makes them run from there
  mkdir -p "$work/packages"
  (cd "$work/packages" && rm -f ./*.deb && apt_here download "$@" >&2)
  for package in "$work"/packages/*.deb; do dpkg -x "$package" "$folder"; done
}

install_packages() { # with root: by apt-get, else says what to install
  if [ "$(id -u)" != 0 ]; then
    die "these packages are missing: $*
Install them with:  sudo apt-get install --no-install-recommends $*"
  fi
  say "installing $*"
  DEBIAN_FRONTEND=noninteractive apt_here -o Dpkg::Options::=--force-confold \
    install --no-install-recommends "$@" >&2
}

install_server() {
  server=
  for version in 18 17 16 15; do
    if [ -n "$(apt_candidate "postgresql-$version")" ]; then server=postgresql-$version; break; fi
  done
  [ -n "$server" ] || die "apt-get knows no PostgreSQL $oldest_server or later; add a package source that has one"
  if [ "$(id -u)" = 0 ]; then
    # Without this the package would create and start a cluster of its own on port 5432.
    no_cluster=/etc/postgresql-common/createcluster.d/threadmill.conf
    mkdir -p "${no_cluster%/*}"
    echo "create_main_cluster = false" > "$no_cluster"
    install_packages "$server" tzdata
    rm -f "$no_cluster"
  else
    [ -d /usr/share/zoneinfo ] || install_packages tzdata
    say "unpacking $server into $folder (no root, so nothing is installed)"
    # shellcheck disable=SC2046 # a list of names
    unpack_packages $(apt_here -s --no-install-recommends install "$server" | sed -n 's/^Inst \([^ ]*\).*/\1/p')
  fi
}

# Programs find libraries and extensions relative to their own place, so a copy of the programs beside links to the rest
# is an installation of its own, to which an extension can be added without touching the system's.
link_server() { # $1 = programs of the installed server
  major=$(server_major "$1")
  libraries=${1%/bin}/lib
  share=$(share_folder "$1")
  mkdir -p "$folder/usr/lib/postgresql/$major/bin" "$folder/usr/lib/postgresql/$major/lib" \
    "$folder/usr/share/postgresql/$major/extension"
  cp "$1"/* "$folder/usr/lib/postgresql/$major/bin/"
  ln -sf "$libraries"/* "$folder/usr/lib/postgresql/$major/lib/"
  for file in "$share"/*; do
    [ "${file##*/}" = extension ] || ln -sf "$file" "$folder/usr/share/postgresql/$major/"
  done
  ln -sf "$share"/extension/* "$folder/usr/share/postgresql/$major/extension/"
  echo "$1" > "$folder/origin"
}

# The distribution's own release may have no pgvector, or one that is too old; a later release's source compiles here.
vector_source() { # leaves pgvector's source archive in $work/source
  mkdir -p "$work/source" "$work/next/lists" "$work/next/cache"
  . /etc/os-release
  case $ID in
    debian) releases="trixie forky sid"; component=main ;;
    *) releases="resolute questing"; component=universe ;;
  esac
  # Other sources, Docker's for one, call theirs by the distribution's code names, too.
  archive=$(apt_here indextargets --format '$(REPO_URI) $(RELEASE) $(ORIGIN)' 'Created-By: Packages' |
    awk -v release="${VERSION_CODENAME:-}" '$2 == release && ($3 == "Debian" || $3 == "Ubuntu") { print $1; exit }')
  [ -n "$archive" ] || die "found no package source of the release ${VERSION_CODENAME:-} to take pgvector's source from"
  for release in $releases; do
    echo "deb-src $archive $release $component" > "$work/next/sources.list"
    set -- -o Dir::Etc::SourceList="$work/next/sources.list" -o Dir::Etc::SourceParts=- \
      -o Dir::State::Lists="$work/next/lists" -o Dir::Cache="$work/next/cache" -o APT::Sandbox::User=root
    apt-get -q "$@" update >&2 || continue
    (cd "$work/source" && apt-get -q "$@" source --download-only pgvector >&2) || continue
    found=$(ls "$work/source" | sed -n 's/^pgvector_\(.*\)\.orig\.tar\.gz$/\1/p')
    if [ -n "$found" ] && recent_vector "$found"; then return; fi
    rm -rf "$work/source"/*
  done
  die "found no source package of pgvector 0.8 or later; install pgvector for PostgreSQL $major by hand"
}

compile_vector() {
  missing=
  command -v gcc >/dev/null 2>&1 || missing="$missing gcc"
  command -v make >/dev/null 2>&1 || missing="$missing make"
  [ -f /usr/include/stdio.h ] || missing="$missing libc6-dev"
  # shellcheck disable=SC2086 # a list of names
  [ -z "$missing" ] || install_packages $missing
  # The headers only: installed as a package they would bring a whole LLVM along.
  unpack_packages "postgresql-server-dev-$major"
  vector_source
  say "compiling pgvector $found for PostgreSQL $major"
  mkdir -p "$work/pgvector"
  tar -xzf "$work/source/pgvector_$found.orig.tar.gz" -C "$work/pgvector" --strip-components=1
  make -s -C "$work/pgvector" OPTFLAGS="" with_llvm=no PG_CONFIG="$bin/pg_config" \
    includedir_server="$folder/usr/include/postgresql/$major/server" all install > "$work/pgvector.log" 2>&1 ||
    { tail -n 20 "$work/pgvector.log" >&2; die "pgvector did not compile"; }
}

provide_by_apt() {
  work=$folder/work
  rm -rf "$work" "${folder:?}/usr" "$folder/origin"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  say "reading the package lists"
  apt_here update >&2
  [ -n "$(installed_server)" ] || install_server
  server=$(installed_server)
  if [ -n "$server" ]; then link_server "$server"; fi
  bin=$(ls -d "$folder"/usr/lib/postgresql/*/bin)
  major=$(server_major "$bin")
  packaged=$(apt_candidate "postgresql-$major-pgvector")
  if [ -n "$packaged" ] && recent_vector "$packaged"; then
    say "unpacking pgvector $packaged"
    rm -f "$folder/usr/share/postgresql/$major/extension"/vector*
    unpack_packages "postgresql-$major-pgvector"
  else
    compile_vector
  fi
  rm -rf "$work"
}

# --- macOS -----------------------------------------------------------------------------------------------------------

provide_by_brew() {
  command -v brew >/dev/null 2>&1 || die "PostgreSQL with pgvector is missing. Install Homebrew, then: brew install postgresql@17 pgvector"
  [ "$(id -u)" != 0 ] || die "Homebrew does not run as root. As your own user: brew install postgresql@17 pgvector"
  say "installing postgresql@17 and pgvector with Homebrew"
  brew install postgresql@17 pgvector >&2
}

# ---------------------------------------------------------------------------------------------------------------------

if answer_if_ready; then exit 0; fi
if [ -n "${POSTGRES_BIN:-}" ]; then
  die "POSTGRES_BIN=$POSTGRES_BIN has no PostgreSQL $oldest_server or later with pgvector 0.8 or later"
fi

if command -v flock >/dev/null 2>&1; then # two at once would build over each other
  exec 9> "$folder/lock"
  flock 9
  if answer_if_ready; then exit 0; fi
fi

if command -v apt-get >/dev/null 2>&1; then
  provide_by_apt
elif [ "$(uname)" = Darwin ]; then
  provide_by_brew
fi

answer_if_ready || die "PostgreSQL $oldest_server or later with pgvector 0.8 or later is needed and was not found.
Install both with this system's packages (often named postgresql-server and pgvector), or set POSTGRES_BIN to the folder
of an installation's programs (postgres, initdb, pg_config)."
