/* What `turnpike sandbox` hands to main. */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

#include "base/str.h"

enum { CLI_RETRIES_MAX = 8 };

struct cli_sandbox {
    struct str listen;
    const char *data_dir;
    int64_t retry_days[CLI_RETRIES_MAX]; /* between attempts */
    size_t retry_count;                  /* 0: no retries */
    const char *retry_end;               /* "cancel", "unpaid", "pause", "past_due" */
    bool has_account_numbers;            /* invoices are numbered in one row */
};

#endif
