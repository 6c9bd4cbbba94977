#!/usr/bin/env bash
# Builds in a folder with Debian 12 in it, so that the result runs on systems as old as that: on_debian12.sh WORK [OUT]
#
# WORK (3 GB) holds Debian 12 with SQLite and Python 3.13 of Debian 13, each compiled there once; a build that was cut off,
# and the next, go on with what is there. OUT (dist) gets the wheel, the folder, the Debian package and SHA256SUMS. Takes
# root, debootstrap, Debian's mirror and the package index; eight minutes of two processors for the first build, three for the
# next. The commit is built.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -ge 1 ] || { sed -n '2,7s/^# *//p' "$0" >&2; exit 2; }
work=$(realpath -m "$1")
out=$(realpath -m "${2:-dist}")
system=$work/debian12

within() { chroot "$system" env -i PATH=/opt/uv/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }

# What Qt's plugins are linked with and the folder carries, and what Python is built with.
carried="libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libwayland-cursor0 libxcb-cursor0 libxcb-icccm4 libxcb-image0
    libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xkb1 libxkbcommon-x11-0"
building="build-essential libbz2-dev libffi-dev liblzma-dev libsqlite3-dev libssl-dev pkg-config python3-pip tcl uuid-dev zlib1g-dev"

lay_out() {
    rm -rf "$system"
    mkdir -p "$work"
    # shellcheck disable=SC2086 # none: that which debootstrap knows, and writes down
    debootstrap --variant=minbase bookworm "$system" ${MIRROR:-}
    mirror=$(awk '$1 == "deb" { print $2; exit }' "$system/etc/apt/sources.list")
    cp /etc/resolv.conf "$system/etc/resolv.conf"
    cat > "$system/etc/apt/sources.list" <<-SOURCES
		deb $mirror bookworm main
		deb $mirror-security bookworm-security main
		deb-src $mirror trixie main
		deb-src $mirror-security trixie-security main
	SOURCES
    within apt-get -qq update
    # shellcheck disable=SC2086 # lists of packages
    within DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends ca-certificates $carried $building
}

# Search needs a newer SQLite than Debian 12 has. Its library alone, with Debian's own settings, in the place of Debian 12's:
# Debian's package also makes a dozen tools, each of which compiles all of it again.
compile_sqlite() {
    within sh -euc '
        rm -rf /usr/src/sqlite && mkdir /usr/src/sqlite && cd /usr/src/sqlite
        apt-get -qq source sqlite3
        cd sqlite3-*/
        settings=$(grep -o -e "-DSQLITE_[A-Z0-9_=]*" debian/rules)
        ./configure --quiet --disable-tcl
        make --silent sqlite3.c
        gcc $settings -DSQLITE_ENABLE_FTS4 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_MATH_FUNCTIONS -O2 -fno-strict-aliasing \
            -fPIC -shared -Wl,-soname,libsqlite3.so.0 sqlite3.c -o libsqlite3.so.0 -lm
        install -m 644 libsqlite3.so.0 "$(realpath /usr/lib/*/libsqlite3.so.0)"
        install -m 644 sqlite3.h /usr/include
        rm -rf /usr/src/sqlite'
}

compile_python() {
    within sh -euc '
        rm -rf /usr/src/python && mkdir /usr/src/python && cd /usr/src/python
        apt-get -qq source python3.13
        cd python3.13-*/
        ./configure --quiet --prefix=/opt/python --enable-shared --without-ensurepip --disable-test-modules
        make --silent -j"$(nproc)"
        make --silent install
        echo /opt/python/lib > /etc/ld.so.conf.d/python.conf && ldconfig
        rm -rf /usr/src/python'
}

for part in lay_out compile_sqlite compile_python; do
    if [ ! -e "$system/$part.done" ]; then
        "$part"
        touch "$system/$part.done"
    fi
done

rm -rf "$system/src" "$system/dist" "$out"
mkdir -p "$system/src" "$out"
git archive HEAD | tar -xC "$system/src"
cp /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/"  # whom this machine trusts, for the package index
[ -x "$system/opt/uv/bin/uv" ] || within PIP_CERT=/etc/ssl/certs/ca-certificates.crt python3 -m pip install --quiet --target /opt/uv uv
within SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)" SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    /opt/python/bin/python3.13 /src/installers/build.py --out /dist --work /build
cp -a "$system/dist/." "$out/"
needed=$(dpkg-deb --field "$out"/wxdesk_*.deb Depends | grep -o 'libc6 (>= [0-9.]*)')
[ "$needed" = "libc6 (>= 2.35)" ] || { echo "it asks for $needed: Ubuntu 22.04 has 2.35" >&2; exit 1; }
