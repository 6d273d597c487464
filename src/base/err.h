/* Operating failures: the disk, the network, a conflict, exhausted memory.
 *
 * Three kinds of wrong are kept apart (STYLE.md, rule 7): a bug aborts through check(), a business
 * outcome is a value of a domain enum, and what the world did to us is a `struct err`. It is two
 * words, must be looked at, and names the line that first saw the failure; the sentence for a
 * person lies in cx->detail (base/cx.h). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/attr.h"

enum err_code {
    ERR_NONE = 0,
    ERR_NO_MEMORY,
    ERR_IO,         /* a read, write or sync failed; after a failed sync the process must exit */
    ERR_DISK_FULL,  /* ENOSPC: refuse new writes, keep serving reads */
    ERR_CORRUPT,    /* stored bytes contradict their checksum or schema */
    ERR_NOT_FOUND,  /* a file or row that had to exist does not */
    ERR_CONFLICT,   /* a unique key or a condition failed: somebody else was faster */
    ERR_BUSY,       /* a lock is held, a queue is full: try again later */
    ERR_NETWORK,    /* the peer could not be reached or hung up: outcome unknown */
    ERR_TIMEOUT,    /* the peer did not answer in time: outcome unknown */
    ERR_FORMAT,     /* bytes that are not what they claim to be */
    ERR_TOO_LARGE,  /* a declared limit (limits.h) would be exceeded */
    ERR_PERMISSION, /* the operating system refused, or a rule of ours about the world */
    ERR_VERSION,    /* written by a newer release */
};

struct err {
    enum err_code code;
    int line;
    const char *file;
};

#define OK ((struct err){ERR_NONE, 0, 0})
#define ERR(err_code) ((struct err){(err_code), __LINE__, __FILE__})

/* Forwards a failure of `call` (an expression of type struct err) to the caller. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        struct err try_err_ = (call);                                                              \
        if (err_failed(try_err_)) {                                                                \
            return try_err_;                                                                       \
        }                                                                                          \
    } while (0)

MUST_USE static inline bool err_failed(struct err err) {
    return err.code != ERR_NONE;
}

/* A stable lower-case name for logs: "disk_full". */
const char *err_name(enum err_code code);

#endif
