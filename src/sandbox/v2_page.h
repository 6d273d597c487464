/* Lists of version 2: links to the next page instead of has_more. */
#ifndef SANDBOX_V2_PAGE_H
#define SANDBOX_V2_PAGE_H

#include "sandbox/call.h"

/* A list's answer as list_answer makes it (call.h), by the parameters limit and page; `view` makes
 * of each document what is shown, a new reference. */
json_t *v2_page(struct call *call, const struct list_query *query, const char *path,
                json_t *(*view)(struct call *call, json_t *document));

#endif
