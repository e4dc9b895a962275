# Shell functions that the quickstart and the tests share. Sourced; sets nothing but functions and two variables.
# shellcheck shell=bash

duban_source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
duban_pgbin=/usr/lib/postgresql/15/bin

say() { printf '%s\n' "$*" >&2; }
die() { printf 'duban: %s\n' "$*" >&2; exit 1; }

# The names in package lists (comments and blank lines skipped).
packages_named() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }

packages_missing() {
    local name
    for name in $(packages_named "$@"); do
        dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || printf '%s\n' "$name"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "this needs root and there is no sudo. As root, run:  $*"
    fi
}

# Installs what is missing of the given lists. Keeps Debian from making a PostgreSQL cluster of its own, if
# postgresql-common is not there yet (it would otherwise start one on port 5432).
packages_install() {
    local missing
    mapfile -t missing < <(packages_missing "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    if ! dpkg-query -W postgresql-common >/dev/null 2>&1 && [ ! -e /etc/postgresql-common/createcluster.d/duban.conf ]; then
        as_root mkdir -p /etc/postgresql-common/createcluster.d
        printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.d/duban.conf >/dev/null
    fi
    local log
    log=$(mktemp)
    if ! { as_root apt-get -o DPkg::Lock::Timeout=300 update -q &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -yq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        die "apt could not install the packages above (its whole output: $log)"
    fi
    rm -f "$log"
}

# build_tree NAME [cmake options…]: configures and builds build/NAME, quietly unless it fails.
build_tree() {
    local name=$1 tree log
    shift
    tree=${DUBAN_BUILD_ROOT:-$duban_source/build}/$name
    mkdir -p "$tree"
    log=$tree/build.log
    exec 9>"$tree/lock" && flock 9 # two runs at once take turns
    if ! { cmake -S "$duban_source" -B "$tree" -G Ninja "$@" && cmake --build "$tree" --parallel 2; } >"$log" 2>&1; then
        grep -E 'error|warning|FAILED|CMake Error' "$log" | head -n 30 >&2
        die "the build of $name failed (its whole output: $log)"
    fi
    exec 9>&- # or what is started later would hold the lock for as long as it lives
}
