#include "base/err.h"

const char *err_name(enum err_code code) {
    switch (code) {
    case ERR_NONE:
        return "none";
    case ERR_NO_MEMORY:
        return "no_memory";
    case ERR_IO:
        return "io";
    case ERR_DISK_FULL:
        return "disk_full";
    case ERR_CORRUPT:
        return "corrupt";
    case ERR_NOT_FOUND:
        return "not_found";
    case ERR_CONFLICT:
        return "conflict";
    case ERR_BUSY:
        return "busy";
    case ERR_NETWORK:
        return "network";
    case ERR_TIMEOUT:
        return "timeout";
    case ERR_FORMAT:
        return "format";
    case ERR_TOO_LARGE:
        return "too_large";
    case ERR_PERMISSION:
        return "permission";
    case ERR_VERSION:
        return "version";
    }
    return "unknown";
}
