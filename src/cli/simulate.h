/* What `turnpike simulate` hands to main, and gets back. */
#ifndef CLI_SIMULATE_H
#define CLI_SIMULATE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SIMULATE_TIERS = 4, /* free, starter, professional, enterprise */
    SIMULATE_YEARS_MAX = 10,
    SIMULATE_DAYS_MAX = 366,
    SIMULATE_ACCOUNTS_MAX = 1000 * 1000, /* of a plan in a year */
};

/* A declared population; what is negative stays as the program has it. */
struct cli_population {
    int64_t accounts[SIMULATE_TIERS]; /* by plan, after a year */
    int64_t cancelled_permille;       /* of paying accounts in 30 days */
    int64_t downgraded_permille;      /* of professional ones */
    int64_t failing_permille;         /* whose card comes to be declined */
    int64_t mended_percent;           /* of those who owe, give another card */
    int64_t returning_percent;        /* of purchases, by who had bought before */
    int64_t scoring_permille;         /* of paying accounts in 30 days, say a score */
    int64_t active_percent;           /* of free accounts, in busy hours */
};

struct cli_simulate_progress {
    int64_t at; /* milliseconds UTC, of the simulation */
    int64_t day, days;
    int64_t accounts[SIMULATE_TIERS];
    int64_t events;
    uint64_t elapsed_ns; /* by the real clock */
};

struct cli_simulate {
    const char *data_dir; /* absolute; not there yet, or empty */
    int64_t years;
    int64_t days; /* of a year: 365, or fewer */
    uint64_t seed;
    int64_t start_ms; /* midnight UTC */
    struct cli_population population;
    /* Called now and then. */
    void (*progress)(void *context, const struct cli_simulate_progress *progress);
    void *context;
};

enum { SIMULATE_SHA256_TEXT = 65 };

struct cli_simulate_report {
    int64_t ended_at; /* milliseconds UTC, of the simulation */
    int64_t accounts[SIMULATE_TIERS];
    int64_t mrr_minor[SIMULATE_TIERS]; /* recurring revenue of a month, by plan, in cents */
    int64_t signed_up, bought, upgraded, contracts, downgraded, cancelled, returned, scores;
    int64_t for_limits; /* of the purchases: near a limit of the plan before */
    int64_t invoices, invoices_paid;
    int64_t payments_failed, cases, cases_recovered;
    int64_t events, events_rejected, mails;
    int64_t bytes;                     /* of the folder */
    char sha256[SIMULATE_SHA256_TEXT]; /* of turnpike.db */
    char sandbox_sha256[SIMULATE_SHA256_TEXT];
    uint64_t elapsed_ns;
};

#endif
