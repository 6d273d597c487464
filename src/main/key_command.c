#include "main/key_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(const char *command, int output, pid_t *ret_pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char *const arguments[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
    if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0) {
        return ENOMEM;
    }
    /* A group of its own, so that what it starts ends with it. */
    int error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    error = error != 0 ? error
                       : posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                                          O_RDONLY, 0);
    error = error != 0 ? error : posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    error = error != 0 ? error
                       : posix_spawn(ret_pid, "/bin/sh", &actions, &attributes, arguments, environ);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Until it has closed its output; false when the time is up. */
static bool read_output(struct env *env, int input, char *text, size_t max, size_t *len) {
    uint64_t end = env->mono_ns(env) + (uint64_t)KEY_COMMAND_SECONDS * 1000000000u;
    for (;;) {
        uint64_t now = env->mono_ns(env);
        struct pollfd wait = {.fd = input, .events = POLLIN};
        if (now >= end || poll(&wait, 1, (int)((end - now) / 1000000) + 1) < 0) {
            if (now < end && errno == EINTR) {
                continue;
            }
            return false;
        }
        ssize_t got = wait.revents == 0 ? -1 : read(input, text + *len, max - *len);
        if (got == 0 || *len == max) {
            return true;
        }
        *len += got > 0 ? (size_t)got : 0;
    }
}

static struct err judge(struct cx *cx, bool is_over, int status, bool is_too_much) {
    if (!is_over) {
        return cx_fail(cx, ERR(ERR_TIMEOUT), "--key-command has printed no key in %d seconds.",
                       (int)KEY_COMMAND_SECONDS);
    }
    if (is_too_much) {
        return cx_fail(cx, ERR(ERR_FORMAT), "--key-command prints more than keys.");
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? OK
               : cx_fail(cx, ERR(ERR_FORMAT), "--key-command failed (status %d).",
                         WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

struct err key_command(struct cx *cx, const char *command, char *ret_text, size_t max,
                       size_t *ret_len) {
    int ends[2];
    pid_t pid = 0;
    int status = 0;
    *ret_len = 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return cx_fail(cx, ERR(ERR_IO), "--key-command cannot be started.");
    }
    int error = start(command, ends[1], &pid);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        return cx_fail(cx, ERR(ERR_IO), "--key-command cannot be started.");
    }
    bool is_over = read_output(cx->env, ends[0], ret_text, max, ret_len);
    close(ends[0]);
    if (!is_over || *ret_len == max) {
        (void)kill(-pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        /* a signal of somebody else's */
    }
    return judge(cx, is_over, status, *ret_len == max);
}
