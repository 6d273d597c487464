#include "net/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/check.h"

enum { SOCKET_FLAGS = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC };

static struct err explain(struct cx *cx, const char *where, int error) {
    switch (error) {
    case EADDRINUSE:
        return cx_fail(cx, ERR(ERR_CONFLICT),
                       "%s is in use by another program. Stop it, or choose another address.",
                       where);
    case EACCES:
    case EPERM:
        return cx_fail(cx, ERR(ERR_PERMISSION), "The system does not allow listening on %s.",
                       where);
    case EADDRNOTAVAIL:
        return cx_fail(cx, ERR(ERR_NOT_FOUND), "%s is no address of this machine.", where);
    default:
        return cx_fail(cx, ERR(ERR_IO), "Listening on %s failed: %s.", where, strerror(error));
    }
}

/* --- TCP --- */

static int bound_port(int fd) {
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        return 0;
    }
    in_port_t port = address.ss_family == AF_INET6
                         ? ((const struct sockaddr_in6 *)&address)->sin6_port
                         : ((const struct sockaddr_in *)&address)->sin_port;
    return ntohs(port);
}

/* A bound socket, or -1 with errno. */
static int bind_one(const struct addrinfo *info) {
    int fd = socket(info->ai_family, SOCKET_FLAGS, 0);
    if (fd < 0) {
        return -1;
    }
    int on = 1; /* a restarted server must not wait for old connections to leave TIME_WAIT */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static void free_infos(struct addrinfo **infos) {
    if (*infos != NULL) {
        freeaddrinfo(*infos);
    }
}

static struct err bind_tcp(struct cx *cx, const struct net_address *address, int *ret_fd,
                           int *ret_port) {
    char where[300];
    (void)snprintf(where, sizeof where, "%s port %d", address->host, address->port);
    char service[8];
    (void)snprintf(service, sizeof service, "%d", address->port);
    struct addrinfo hints = {
        .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC, .ai_flags = AI_PASSIVE};
    CLEANUP(free_infos) struct addrinfo *infos = NULL;
    /* "localhost" is the loopback by definition (RFC 6761, 6.3): a machine need not list it. */
    const char *host = strcmp(address->host, "localhost") == 0 ? "127.0.0.1" : address->host;
    int unresolved = getaddrinfo(host, service, &hints, &infos);
    if (unresolved != 0) {
        return cx_fail(cx, ERR(ERR_NOT_FOUND), "The host %s is not known: %s.", address->host,
                       gai_strerror(unresolved));
    }
    /* A name may have addresses of a family that this machine lacks: the first that works wins. One
     * that is in use ends the search, so that two servers never share a name by accident. */
    int error = EADDRNOTAVAIL;
    for (const struct addrinfo *info = infos; info != NULL; info = info->ai_next) {
        int fd = bind_one(info);
        if (fd >= 0) {
            *ret_fd = fd;
            *ret_port = bound_port(fd);
            return OK;
        }
        error = errno;
        if (error == EADDRINUSE) {
            break;
        }
    }
    return explain(cx, where, error);
}

/* --- unix --- */

/* Whether somebody answers at the path; a file that is no socket counts as somebody's. */
static bool is_taken(const struct sockaddr_un *address) {
    struct stat info;
    if (lstat(address->sun_path, &info) != 0) {
        return false;
    }
    if (!S_ISSOCK(info.st_mode)) {
        return true;
    }
    int fd = socket(AF_UNIX, SOCKET_FLAGS, 0);
    if (fd < 0) {
        return true;
    }
    bool is_refused = connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                      errno == ECONNREFUSED;
    close(fd);
    return !is_refused;
}

static struct err bind_unix(struct cx *cx, const char *path, int *ret_fd) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    check(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (is_taken(&address)) {
        return explain(cx, path, EADDRINUSE);
    }
    (void)unlink(path);
    int fd = socket(AF_UNIX, SOCKET_FLAGS, 0);
    /* The mode of an unbound socket is that of the file which bind(2) makes, less the umask: there
     * is no moment at which others could connect. */
    if (fd < 0 || fchmod(fd, S_IRUSR | S_IWUSR) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        int error = errno;
        if (fd >= 0) {
            close(fd);
        }
        return explain(cx, path, error);
    }
    *ret_fd = fd;
    return OK;
}

struct err net_bind(struct cx *cx, const struct net_address *address, int *ret_fd, int *ret_port) {
    if (address->is_unix) {
        *ret_port = 0;
        return bind_unix(cx, address->path, ret_fd);
    }
    return bind_tcp(cx, address, ret_fd, ret_port);
}
