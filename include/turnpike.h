/* libturnpike: the gate inside your own process.
 *
 * May this customer use more? Verdicts come from allowance that the server leased to this process
 * ahead of time: no network, lock, allocation, clock or system call in turnpike_take(), _check(),
 * _record() and _release(). Once a second one exchange reports what was used and fetches more. The
 * sum that all processes let through never passes the customer's hard limit.
 *
 *     struct turnpike_options options = TURNPIKE_OPTIONS;
 *     options.url = "https://turnpike.example"; options.key = "tp_live_…"; options.node = "edge-7";
 *     struct turnpike *gate;
 *     if (turnpike_open(&options, &gate) != TURNPIKE_OK) { … }
 *     struct turnpike_customer *ada;
 *     turnpike_customer(gate, "ada", &ada);                      // once, not for each request
 *     if (turnpike_take(ada, TURNPIKE_API_REQUESTS, 1).is_allowed) { … serve … }
 *     turnpike_record(ada, TURNPIKE_BANDWIDTH, bytes_sent);      // what has happened anyway
 *     turnpike_close(gate, 5000);
 *
 * Threads: every function may be called from any thread, but turnpike_close() and turnpike_poll(),
 * which belong to one. fork(): a child has no allowance (TURNPIKE_FORKED) and must neither poll nor
 * close; it may open a gate of its own, under another node name. Texts are UTF-8. The library keeps
 * no pointer of yours but log_context. Built with libcurl, jansson, pthreads. */
#ifndef TURNPIKE_H
#define TURNPIKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct turnpike;
struct turnpike_customer; /* a handle; lives until turnpike_close() */

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

/* Does not wait for the server. *ret_gate is set only with TURNPIKE_OK. */
enum turnpike_status turnpike_open(const struct turnpike_options *options,
                                   struct turnpike **ret_gate);
/* Gives back what is unspent and reports the rest, for at most timeout_ms; frees everything, also
 * when that failed (the journal then reports it at the next open). NULL is allowed. No other call
 * may be running. */
enum turnpike_status turnpike_close(struct turnpike *gate, int timeout_ms);

/* The handle of a user id of 1..64 bytes. Takes a lock; keep the handle. */
enum turnpike_status turnpike_customer(struct turnpike *gate, const char *user_id,
                                       struct turnpike_customer **ret_customer);

/* Counts all of `amount` and allows it, or counts nothing. */
struct turnpike_verdict turnpike_take(struct turnpike_customer *customer,
                                      enum turnpike_metric metric, int64_t amount);
/* What turnpike_take() would say; counts nothing. */
struct turnpike_verdict turnpike_check(struct turnpike_customer *customer,
                                       enum turnpike_metric metric, int64_t amount);
/* Counts what has happened, even past the limit. An amount outside 0..TURNPIKE_AMOUNT_MAX is not
 * counted: false. */
bool turnpike_record(struct turnpike_customer *customer, enum turnpike_metric metric,
                     int64_t amount);
/* Gives back what was taken and not used, at most what this process took from its lease in this
 * usage period; returns how much that was. */
int64_t turnpike_release(struct turnpike_customer *customer, enum turnpike_metric metric,
                         int64_t amount);
/* As take, but when the lease cannot tell the server is asked: exact, and blocks for at most
 * timeout_ms. When no answer came it says no, though the server may have counted it. */
struct turnpike_verdict turnpike_take_wait(struct turnpike_customer *customer,
                                           enum turnpike_metric metric, int64_t amount,
                                           int timeout_ms);
/* As release, and what the lease does not know of is given back to the server. Returns the sum. */
int64_t turnpike_release_wait(struct turnpike_customer *customer, enum turnpike_metric metric,
                              int64_t amount, int timeout_ms);

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
void turnpike_verdict_details(struct turnpike_customer *customer, enum turnpike_metric metric,
                              struct turnpike_details *ret_details);

/* Waits until all that was counted before the call is acknowledged: durable at the server. */
enum turnpike_status turnpike_flush(struct turnpike *gate, int timeout_ms);

/* With is_host_loop: does what is due and never waits for the network (the journal's sync is a wait
 * for the disk). Call it at the latest turnpike_next_ms() milliseconds later, and after that has
 * changed because of a turnpike_flush() or a new customer; every 100 ms is always right. */
void turnpike_poll(struct turnpike *gate);
int turnpike_next_ms(struct turnpike *gate);

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
void turnpike_stats(struct turnpike *gate, struct turnpike_stats *ret_stats);

const char *turnpike_reason_name(enum turnpike_reason reason); /* "within_lease" */
const char *turnpike_status_name(enum turnpike_status status); /* "bad_option" */
const char *turnpike_version(void);

#ifdef __cplusplus
}
#endif

#endif
