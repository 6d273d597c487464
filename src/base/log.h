/* The log: one event a line, a stable name and key=value pairs.
 *
 *     log_event(env, LOG_INFO, "stripe.call", "kind=%s status=%d", kind, status);
 *
 * prints `2015-05-17T10:05:03.123Z info stripe.call kind=… status=200`. Values never hold secrets,
 * card data or personal data; line breaks in them are replaced. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/attr.h"
#include "base/env.h"

enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };

void log_event(struct env *env, enum log_level level, const char *name, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
