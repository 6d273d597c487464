/* The one seam between Turnpike and the world: time, randomness, files, memory, outbound HTTP.
 *
 * Everything that is not a pure function of its arguments enters through a `struct env`. The
 * production one is env_posix.c; env_sim.c is a world made of memory that runs from a seed, loses
 * power on request and drops messages; env_clock.c lays a clock that can be moved over either. The
 * same program therefore runs for real, in a test, in a simulation and under --test-clock. `core`
 * does not even see this file: tools/pure.py proves that it needs nothing of the kind.
 *
 * An env is set up once in main and travels in `struct cx`. All its functions may be called from
 * any thread, except http_send, which belongs to the loop's thread. */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct env;
struct env_file;

enum env_open { ENV_READ, ENV_WRITE_NEW, ENV_READ_WRITE };

/* Files of our own (lock, catalogue, certificates, logs to import); SQLite reaches its files
 * through its own VFS, in simulations through these. Paths are NUL-terminated. */
struct env_files {
    /* ENV_WRITE_NEW fails with ERR_CONFLICT when the file exists; ENV_READ_WRITE makes the file
     * when there is none. The name of a new file is sure to survive a power cut after its first
     * sync. */
    struct err (*open)(struct env *env, const char *path, enum env_open how,
                       struct env_file **ret_file);
    /* Reads at most `len` bytes from `offset`; *ret_len is 0 at the end of the file. */
    struct err (*read)(struct env_file *file, uint64_t offset, void *bytes, size_t len,
                       size_t *ret_len);
    struct err (*write)(struct env_file *file, uint64_t offset, const void *bytes, size_t len);
    struct err (*truncate)(struct env_file *file, uint64_t len);
    /* Everything written so far survives a power cut once this returns OK. */
    struct err (*sync)(struct env_file *file);
    struct err (*size)(struct env_file *file, uint64_t *ret_len);
    /* Takes an exclusive lock that dies with `file` or the process; ERR_BUSY when another opening
     * of the file, here or in another process, has it. */
    struct err (*lock)(struct env_file *file);
    void (*close)(struct env_file *file);
    struct err (*make_dir)(struct env *env, const char *path); /* OK when it is already there */
    struct err (*remove)(struct env *env, const char *path);   /* for good once it returns OK */
    struct err (*exists)(struct env *env, const char *path, bool *ret_exists);
    struct err (*is_empty_dir)(struct env *env, const char *path, bool *ret_is_empty);
    /* That a file of this name is there, or is not, survives a power cut once this returns OK. */
    struct err (*sync_name)(struct env *env, const char *path);
};

/* One outbound request; all members are borrowed until the callback has run. */
struct env_http_request {
    struct str method;
    struct str url;
    const struct str *headers; /* "Name: value", `header_count` of them */
    size_t header_count;
    struct str body;
    int64_t timeout_ms;
    /* Only a host of the public internet is talked to (net/guard.h), by the address that its name
     * has now; ERR_PERMISSION otherwise. For URLs that others have chosen. */
    bool is_guarded;
    /* Of the answer's body so many bytes are taken in, and the rest is not waited for; 0: all of
     * it, up to a bound over which the answer is ERR_TOO_LARGE. */
    size_t answer_max;
};

/* The answer, or the failure to get one (`status` 0). Valid only inside the callback.
 * ERR_NETWORK and ERR_TIMEOUT mean that the outcome is unknown, not that nothing happened. */
struct env_http_answer {
    struct err err;
    int status;
    const struct str *headers; /* as in the request */
    size_t header_count;
    struct str body;
};

typedef void env_http_done(void *context, const struct env_http_answer *answer);

struct env {
    int64_t (*wall_ms)(struct env *env);  /* UTC milliseconds since 1970; may jump */
    uint64_t (*mono_ns)(struct env *env); /* never goes back; for time-outs and measurements */
    void (*random)(struct env *env, void *bytes, size_t len); /* cryptographically secure */
    /* As realloc(3): NULL pointer allocates, zero size frees and gives NULL. */
    void *(*realloc)(struct env *env, void *memory, size_t size);
    /* As calloc(3) of one: pages that come zeroed stay untouched until they are used. */
    void *(*zeroed)(struct env *env, size_t size);
    void (*log)(struct env *env, struct str line); /* one whole line, without its end */
    struct env_files files;
    /* Sends, and calls `done` exactly once, later, on the loop's thread. A failure to even start
     * arrives there too. */
    void (*http_send)(struct env *env, const struct env_http_request *request, env_http_done *done,
                      void *context);
    void *http; /* what http_send works with: net's client, or the simulated network */
    _Atomic uint32_t ids_made; /* orders the ids of one millisecond (base/id.c) */
};

/* The operating system's; http_send is absent until net/http_client.h adds it. `env` is the
 * caller's memory and must outlive every user. */
void env_posix_init(struct env *env);
/* For a program of ours, never for a host of the library: freed memory stays with the process, up
 * to a bound, instead of being given back and asked for again with every large request. */
void env_posix_keep_memory(void);
/* No core dumps of this process, nor a look into its memory by others of the same user: keys and
 * personal data lie there. */
void env_posix_forbid_dumps(void);
/* Gives back what was kept. */
void env_posix_trim_memory(void);

/* Memory through the seam; freeing NULL is allowed. */
MUST_USE void *env_alloc(struct env *env, size_t size);
MUST_USE void *env_alloc_zeroed(struct env *env, size_t size);
void env_free(struct env *env, void *memory);

/* Reads a whole file of at most `max` bytes; the caller frees ret_content->bytes with env_free. */
MUST_USE struct err env_read_file(struct env *env, const char *path, size_t max,
                                  struct str *ret_content);

/* --- a clock that can be moved (env_clock.c) --- */

/* An env that is `below` but for its wall clock, which stands at `start_ms` until it is set. */
struct env_clock {
    struct env env; /* pass &clock.env on */
    struct env *below;
    _Atomic int64_t now_ms;
};

void env_clock_init(struct env_clock *clock, struct env *below, int64_t start_ms);
/* Forward only; the caller has checked that `now_ms` is not before the present one. */
void env_clock_set(struct env_clock *clock, int64_t now_ms);

#endif
