/* What the API is told of the jobs and of the machine (api.h: its surroundings). */
#ifndef API_MACHINE_H
#define API_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What runs by the clock, and how it has gone since the start; instants in milliseconds. */
struct api_job {
    const char *name;
    int64_t next_at;                         /* INT64_MAX: nothing is due */
    int64_t started_at, ended_at, failed_at; /* 0: never since the start */
    uint64_t runs, failures;
    bool is_running, has_failed; /* the second: the last run */
    const char *error;           /* of the last that failed */
};
enum { API_JOBS_MAX = 24 };

/* The machine as the server sees it; UINT64_MAX: it cannot be known. */
struct api_machine {
    uint64_t uptime_seconds, database_bytes, disk_free_bytes, writer_waiting;
};

#endif
