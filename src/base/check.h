/* check(): a contract that stays on in production.
 *
 * A failed check is a bug in Turnpike, never a consequence of input: decoding validates what comes
 * from outside, and the layers behind it may then assert. The process prints the condition and the
 * place and aborts; the store is crash-safe, so a restart is the recovery. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include "base/attr.h"

#define check(condition)                                                                           \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0)) {                                                   \
            check_failed(#condition, __FILE__, __LINE__);                                          \
        }                                                                                          \
    } while (0)

#ifdef __cplusplus
extern "C" {
#endif

/* Prints `condition` with its place on standard error and aborts. */
NORETURN void check_failed(const char *condition, const char *file, int line);

#ifdef __cplusplus
}
#endif

#endif
