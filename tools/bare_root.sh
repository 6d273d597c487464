#!/usr/bin/env bash
# Proves that a stranger's machine is enough: makes a bare Debian 12 root with git and nothing else,
# clones this repository into it and runs a command there.
#
#   tools/bare_root.sh DIR [COMMAND...]     e.g.  tools/bare_root.sh /tmp/bare ./dev test
#
# DIR/base is the bare root, made once; DIR/root is copied from it anew for each run and left behind to
# look at. The host lends its network (resolv.conf, proxy variables, certificates) and the addresses of
# its package mirrors, nothing else. Needs root and debootstrap.
set -euo pipefail

readonly SUITE=bookworm

die() {
    printf 'bare_root: %s\n' "$*" >&2
    exit 2
}

# The host's Debian mirror, when it has one in either of apt's formats.
mirror() {
    local found
    found=$(apt-get indextargets --format '$(SITE)' "Codename: $SUITE" 2>/dev/null | grep -v security | head -n 1 || true)
    [ -n "$found" ] || die "apt of this machine knows no mirror of $SUITE: run apt-get update first"
    printf '%s\n' "$found"
}

make_base() {
    local base=$1
    [ ! -e "$base/etc/debian_version" ] || return 0
    debootstrap --variant=minbase --include=git,ca-certificates "$SUITE" "$base.part" "$(mirror)" >&2
    mv "$base.part" "$base"
}

write_apt_sources() {
    local root=$1 security
    security=$(apt-get indextargets --format '$(SITE)' "Codename: $SUITE-security" 2>/dev/null | head -n 1 || true)
    cat >"$root/etc/apt/sources.list" <<LIST
deb $(mirror) $SUITE main
deb $(mirror) $SUITE-updates main
${security:+deb $security $SUITE-security main}
LIST
    apt-config dump | grep -E '^Acquire::(http|https|Check|Retries|Max)[^ ]* ' \
        >"$root/etc/apt/apt.conf.d/50host" || true
}

# Certificate authorities of the host's network, and npm's registry when it is not the usual one.
lend_network() {
    local root=$1 registry=
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    cp -a /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
    chroot "$root" update-ca-certificates >&2
    write_apt_sources "$root"
    ! command -v npm >/dev/null || registry=$(npm config get registry 2>/dev/null)
    printf '%s\n' "cafile=/etc/ssl/certs/ca-certificates.crt" ${registry:+"registry=$registry"} >"$root/root/.npmrc"
}

mount_into() {
    local root=$1
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount --make-rslave "$root/sys"
    mount --make-rslave "$root/dev"
}

# Refuses to go on when a mount cannot be undone: removing the tree would then reach the host's /dev.
unmount_from() {
    local root=$1 place
    for place in proc sys dev; do
        ! mountpoint -q "$root/$place" || umount -R -l "$root/$place" || die "cannot unmount $root/$place"
    done
}

run_inside() {
    local root=$1 name environment=(HOME=/root TERM=dumb LANG=C.UTF-8
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
    shift
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY CI; do
        [ -z "${!name:-}" ] || environment+=("$name=${!name}")
    done
    env -i "${environment[@]}" chroot "$root" \
        /bin/sh -c 'cd /root/turnpike && exec "$@"' sh "$@" </dev/null
}

main() {
    [ $# -ge 1 ] || die "usage: tools/bare_root.sh DIR [COMMAND...]"
    [ "$(id -u)" = 0 ] || die "needs root, for chroot and mounts"
    command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
    local dir source root status=0 start
    mkdir -p "$1"
    dir=$(realpath "$1")
    source=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
    root=$dir/root
    shift
    [ $# -gt 0 ] || set -- ./dev test

    make_base "$dir/base"
    unmount_from "$root"
    rm -rf --one-file-system "$root"
    cp -a "$dir/base" "$root"
    lend_network "$root"
    git clone -q --no-hardlinks "$source" "$root/root/turnpike"
    mount_into "$root"
    # shellcheck disable=SC2064 # the root of now is meant
    trap "unmount_from '$root'" EXIT
    start=$SECONDS
    run_inside "$root" "$@" || status=$?
    printf 'bare_root: status %d after %d s\n' "$status" $((SECONDS - start)) >&2
    return "$status"
}

main "$@"
