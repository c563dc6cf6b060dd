#!/bin/sh
# SPDX-License-Identifier: MIT
# A bundle verifies on a machine that has the program and nothing else: an empty root
# with its libraries, no configuration, no /etc, no /proc, another user. Without the
# right to change the root: an empty environment in a fresh folder.
# usage: check_elsewhere.sh path/to/ruview
set -u
ruview=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2

"$ruview" simulate one-walker --seconds 8 --quiet -o sim.pcapng >/dev/null 2>&1 || exit 2
"$ruview" record --from sim.pcapng -o a.pcapng >/dev/null 2>&1 || exit 2
"$ruview" bundle a.pcapng -o a.tar || exit 1

mkdir -p root/bin root/tmp
chmod 1777 root/tmp
cp "$ruview" root/bin/ruview
ldd "$ruview" | grep -o '/[^ ]*' | sort -u | while read -r library; do
    mkdir -p "root$(dirname "$library")"
    cp -L "$library" "root$library"
done
cp a.tar root/a.tar
chmod 644 root/a.tar

PATH=$PATH:/usr/sbin:/sbin
elsewhere() {
    if [ "$(id -u)" -eq 0 ] && chroot --userspec=65534:65534 root /bin/ruview --version >/dev/null 2>&1; then
        env -i "$(command -v chroot)" --userspec=65534:65534 root /bin/ruview "$@"
    elif unshare -r chroot root /bin/ruview --version >/dev/null 2>&1; then
        env -i "$(command -v unshare)" -r "$(command -v chroot)" root /bin/ruview "$@"
    else
        echo "(no right to change the root)"
        (cd root && env -i TMPDIR="$PWD/tmp" ./bin/ruview "$@")
    fi
}
cd "$work" || exit 2
said=$(elsewhere bundle --check a.tar 2>&1)
echo "$said"
echo "$said" | grep -q 'same, .* every file, witness and stage digest' || exit 1

# and one bit changed there is found there
size=$(wc -c <root/a.tar)
byte=$(od -An -tu1 -j $((size / 2)) -N 1 root/a.tar | tr -d ' ')
# shellcheck disable=SC2059
printf "\\$(printf '%03o' $((byte ^ 1)))" | dd of=root/a.tar bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
elsewhere bundle --check a.tar >/dev/null 2>&1
[ $? -eq 1 ] || exit 1
echo "and tampering is found there"
