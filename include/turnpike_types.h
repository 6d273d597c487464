/* The values that libturnpike takes and gives: metrics, reasons, options, details, statistics.
 *
 * turnpike.h includes this and says what is done with them: a host includes that one. */
#ifndef TURNPIKE_TYPES_H
#define TURNPIKE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Units: requests, bytes in and out, seconds of build time; the others are levels ("gauges"). */
enum turnpike_metric {
    TURNPIKE_MODULES,
    TURNPIKE_DEPLOYMENTS,
    TURNPIKE_API_REQUESTS,
    TURNPIKE_BANDWIDTH,
    TURNPIKE_BUILD_MINUTES,
    TURNPIKE_COLLABORATORS,
    TURNPIKE_STORAGE,
};
#define TURNPIKE_METRICS 7
#define TURNPIKE_AMOUNT_MAX ((int64_t)1 << 53) /* of one call */

enum turnpike_status {
    TURNPIKE_OK,
    TURNPIKE_BAD_OPTION,  /* what exactly went to the log */
    TURNPIKE_NO_MEMORY,   /* or more customers than customers_max */
    TURNPIKE_IO,          /* the journal cannot be read, written or locked */
    TURNPIKE_TIMEOUT,     /* not everything was acknowledged in time */
    TURNPIKE_REFUSED,     /* the server refused some of it for good (the log names it) */
    TURNPIKE_FORKED_CALL, /* called in a child of the process that opened the gate */
};

/* Why a verdict is as it is. */
enum turnpike_reason {
    TURNPIKE_FORKED,         /* no: this is a child process */
    TURNPIKE_WITHIN_LEASE,   /* yes */
    TURNPIKE_OPEN,           /* yes: this customer's metric has no limit */
    TURNPIKE_EMERGENCY,      /* yes: the server is away; from the reserve that it left for this */
    TURNPIKE_OPEN_UNBOUNDED, /* yes: the server is away and the policy says so; may pass the limit
                              */
    TURNPIKE_UNKNOWN_BUDGET, /* yes: not yet looked up, within unknown_budget */
    TURNPIKE_ASKED,          /* yes: the server was asked (turnpike_take_wait) */
    TURNPIKE_NOT_LEARNT,     /* not yet: the next exchange, or turnpike_take_wait, knows */
    TURNPIKE_LEASE_SPENT,    /* not now: more is on its way; turnpike_take_wait asks at once */
    TURNPIKE_ASK,            /* near the limit, and for gauges: only turnpike_take_wait can tell */
    TURNPIKE_HARD_LIMIT,     /* no */
    TURNPIKE_GRACE_ENDED,    /* no: above the limit, and the 48 hours are over */
    TURNPIKE_UNREACHABLE,    /* no: the server is away and there is nothing left to spend */
    TURNPIKE_NO_CUSTOMER,    /* no: the server knows no such customer */
    TURNPIKE_CLOSED,         /* no: the gate is closing */
    TURNPIKE_BAD_AMOUNT,     /* no: not within 0..TURNPIKE_AMOUNT_MAX, or no such metric */
};

struct turnpike_verdict {
    bool is_allowed;
    enum turnpike_reason reason;
};

/* What to do without the server once the lease is spent or has run out. */
enum turnpike_policy {
    TURNPIKE_POLICY_DEFAULT, /* api_requests and bandwidth BOUNDED_OPEN, the others CLOSED */
    TURNPIKE_POLICY_CLOSED,
    TURNPIKE_POLICY_BOUNDED_OPEN,   /* the reserve may be spent: the hard limit still holds */
    TURNPIKE_POLICY_OPEN_UNBOUNDED, /* all is allowed and counted: the hard limit may be passed */
};

typedef void turnpike_log(void *context, const char *event);

struct turnpike_options {
    const char *url;         /* "https://host", "http://host:8080", "unix:/path/turnpike.sock" */
    const char *key;         /* with the scope usage:write; NULL on a unix socket */
    const char *node;        /* this process's lasting name, one process at a time; 1..64 bytes */
    const char *journal;     /* a file that survives a crash with what was used; NULL for none */
    const char *ca_file;     /* certificates to trust beside the system's; NULL for none */
    size_t customers_max;    /* 1..; of memory 512 bytes each, taken in steps of 4,096 */
    uint64_t unknown_budget; /* what customers not yet looked up may take in all; 0: nothing */
    enum turnpike_policy policy[TURNPIKE_METRICS];
    bool is_host_loop; /* no thread of ours: you call turnpike_poll() */
    int timeout_ms;    /* of one exchange */
    turnpike_log *log; /* one line an event, from any thread of ours; NULL: standard error */
    void *log_context;
};
#define TURNPIKE_OPTIONS                                                                           \
    { .customers_max = 1 << 20, .timeout_ms = 2000 }

/* What the server last said of a counter; at most about a second old while it is reachable. */
struct turnpike_details {
    bool is_known;       /* false: nothing was heard yet; all else is zero */
    char state[16];      /* "ok", "warning", "over", "blocked" */
    char upgrade_to[32]; /* a tier that would lift a denial; empty when none */
    int64_t used;        /* by all; of this process, what it has reported */
    bool has_limit;
    int64_t limit, hard_limit, remaining; /* with has_limit */
    int64_t resets_at_ms;                 /* UTC since 1970; 0: never (gauges) */
    int64_t grace_ends_at_ms;             /* 0: no grace runs */
    int64_t unspent;                      /* of the lease, now; without the reserve */
};

struct turnpike_stats {
    uint64_t customers;
    uint64_t exchanges, failures; /* answered and not */
    uint64_t reported;            /* rows acknowledged */
    uint64_t refused;             /* rows that the server refused for good */
    uint64_t waiting;             /* rows to be reported */
    uint64_t asked;               /* calls that went to the server on their own */
    bool is_reachable;
    int64_t last_answer_ms; /* how long ago; -1: never */
};

#endif
