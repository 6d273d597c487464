/* libcurl, loaded when the first call goes out. Only net includes this.
 *
 * Linked, it and some thirty libraries beneath it would cost every start a tenth of its time
 * (docs/decisions/libcurl.md). Its functions stand in a table that whoever calls out keeps. */
#ifndef NET_CURL_H
#define NET_CURL_H

#include <assert.h>
#define CURL_DISABLE_TYPECHECK /* its macros call functions by name; CURL_SET checks instead */
#include <curl/curl.h>

#include "base/cx.h"

/* Every foreign function that we call, without the prefix that all have: "curl_". */
#define CURL_FUNCTIONS(X)                                                                          \
    X(easy_cleanup)                                                                                \
    X(easy_getinfo)                                                                                \
    X(easy_init)                                                                                   \
    X(easy_perform)                                                                                \
    X(easy_setopt)                                                                                 \
    X(easy_strerror)                                                                               \
    X(global_cleanup)                                                                              \
    X(global_init)                                                                                 \
    X(multi_add_handle)                                                                            \
    X(multi_assign)                                                                                \
    X(multi_cleanup)                                                                               \
    X(multi_info_read)                                                                             \
    X(multi_init)                                                                                  \
    X(multi_remove_handle)                                                                         \
    X(multi_setopt)                                                                                \
    X(multi_socket_action)                                                                         \
    X(slist_append)                                                                                \
    X(slist_free_all)

struct curl {
#define X(name) __typeof__(&curl_##name) name;
    CURL_FUNCTIONS(X)
#undef X
};

/* By its soname, which is the same in every release since 2006. */
#define CURL_LIBRARY "libcurl.so.4"

/* Finds the functions of `library`, which is CURL_LIBRARY but in tests. It stays loaded from then
 * on. ERR_NOT_FOUND, with a sentence that names the package, when it is not there or too old. */
MUST_USE struct err curl_load(struct cx *cx, const char *library, struct curl *ret_curl);

/* curl->easy_setopt, which cannot see what it is given: a number must be a long or a curl_off_t,
 * which here are one type; what the option's number says is a pointer must be no number. */
#define CURL_SET(curl, easy, option, value)                                                        \
    __extension__({                                                                                \
        static_assert(((option) < CURLOPTTYPE_OBJECTPOINT ||                                       \
                       ((option) >= CURLOPTTYPE_OFF_T && (option) < CURLOPTTYPE_BLOB)) ==          \
                          _Generic((value), long : 1, int : 2, default : 0),                       \
                      #option " is of another type");                                              \
        (curl)->easy_setopt((easy), (option), (value));                                            \
    })

#endif
