#!/bin/sh
# Proves that a library makes no call to the outside world: no time, randomness, files, sockets,
# memory, threads or output. Given an archive, it fails and names each undefined symbol that is one
# of these, with the object that needs it. Fortified, large-file, versioned and C23 spellings of a name count as
# the name itself.
#
#     tools/nm_core.sh build/src/core/libcore.a
set -eu

if [ $# -ne 1 ] || [ ! -f "$1" ]; then
    echo "usage: nm_core.sh ARCHIVE" >&2
    exit 2
fi

banned='time clock clock_gettime clock_nanosleep gettimeofday localtime localtime_r gmtime gmtime_r
    mktime nanosleep sleep usleep rand random srand srandom rand_r drand48 arc4random getrandom
    getentropy getenv secure_getenv open openat creat read write pread pwrite readv writev close
    fsync fdatasync sync ftruncate unlink rename stat fstat socket connect bind listen accept send
    recv sendto recvfrom poll select malloc calloc realloc reallocarray free aligned_alloc
    posix_memalign strdup strndup asprintf vasprintf mmap munmap fopen fdopen fclose fread fwrite
    fputs fputc fflush puts putchar printf vprintf fprintf vfprintf dprintf vdprintf perror syscall
    fork execve system exit signal sigaction'

# A wrong file must not pass for a pure one: an archive in which no function is defined is refused.
symbols=$(nm "$1" 2>/dev/null) || { echo "nm_core.sh: $1 is no archive that nm can read" >&2; exit 2; }
if ! printf '%s\n' "$symbols" | grep -q ' T '; then
    echo "nm_core.sh: $1 defines no function; is it the right file?" >&2
    exit 2
fi

printf '%s\n' "$symbols" | awk -v banned="$banned" -v archive="$1" '
    BEGIN {
        count = split(banned, names, /[ \n]+/)
        for (i = 1; i <= count; i++) is_banned[names[i]] = 1
    }
    /:$/ { member = $1 }
    $1 == "U" {
        name = $2
        sub(/@.*/, "", name)
        plain = name
        sub(/^__isoc[0-9]*_/, "", plain)
        sub(/^__/, "", plain)
        sub(/_chk$/, "", plain)
        sub(/_2$/, "", plain)
        sub(/64$/, "", plain)
        if (plain in is_banned || name in is_banned || name ~ /^pthread_/ || name ~ /^std(in|out|err)$/) {
            print "nm_core.sh: " member " calls " name
            bad = 1
        }
    }
    END { exit bad }
' >&2
