/* The real world: POSIX files, the kernel's clocks and randomness, libc's memory.
 *
 * A file that is made, a folder that is made and a file that is removed have their directory synced
 * before the call returns, so that names survive a power cut as contents do. Interrupted calls are
 * repeated here and nowhere else. */
#include "base/env.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

struct env_file {
    struct env *env;
    int fd;
};

/* Repeats a system call for as long as a signal interrupts it. */
#define RETRY(call)                                                                                \
    __extension__({                                                                                \
        __typeof__(call) result_;                                                                  \
        do {                                                                                       \
            result_ = (call);                                                                      \
        } while (result_ < 0 && errno == EINTR);                                                   \
        result_;                                                                                   \
    })

static enum err_code code_of(int error) {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_CONFLICT;
    case ENOSPC:
    case EDQUOT:
        return ERR_DISK_FULL;
    case EFBIG:
    case EOVERFLOW:
        return ERR_TOO_LARGE;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_PERMISSION;
    case EAGAIN:
    case EBUSY:
    case ETXTBSY:
        return ERR_BUSY;
    case ENOMEM:
        return ERR_NO_MEMORY;
    default:
        return ERR_IO;
    }
}

static int64_t posix_wall_ms(struct env *env) {
    (void)env;
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    check(result == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint64_t posix_mono_ns(struct env *env) {
    (void)env;
    struct timespec now;
    int result = clock_gettime(CLOCK_MONOTONIC, &now);
    check(result == 0);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void posix_random(struct env *env, void *bytes, size_t len) {
    (void)env;
    for (size_t done = 0; done < len;) {
        ssize_t got = RETRY(getrandom((char *)bytes + done, len - done, 0));
        check(got > 0); /* a kernel without randomness is no place for keys */
        done += (size_t)got;
    }
}

/* Above the largest body and its events there are only tables. They grow best by themselves, and
 * are looked at in no order: with huge pages a look costs one miss and not two (madvise(2)). */
enum {
    TABLE_BYTES_MIN = 4 * 1024 * 1024 + 64 * 1024,
    TABLE_PAGE = 2 * 1024 * 1024,
};

static void *allocate_table(size_t size) {
    void *memory = malloc(size);
    if (memory != NULL) {
        uintptr_t start = ((uintptr_t)memory + TABLE_PAGE - 1) & ~(uintptr_t)(TABLE_PAGE - 1);
        uintptr_t end = ((uintptr_t)memory + size) & ~(uintptr_t)(TABLE_PAGE - 1);
        (void)madvise((void *)start, end - start, MADV_HUGEPAGE); /* a wish; other pages do, too */
    }
    return memory;
}

static void *posix_realloc(struct env *env, void *memory, size_t size) {
    (void)env;
    if (size == 0) {
        free(memory);
        return NULL;
    }
    return memory == NULL && size >= TABLE_BYTES_MIN ? allocate_table(size) : realloc(memory, size);
}

static void *posix_zeroed(struct env *env, size_t size) {
    (void)env;
    return calloc(1, size);
}

static void posix_log(struct env *env, struct str line) {
    (void)env;
    fprintf(stderr, STR_FMT "\n", STR_ARG(line));
}

/* Makes a change of the names in `path`'s directory durable. */
static struct err sync_directory_of(struct env *env, const char *path) {
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    char *directory = env_alloc(env, len + 2);
    if (directory == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    memcpy(directory, path, len);
    memcpy(directory + len, len > 0 ? "" : slash == NULL ? "." : "/", len > 0 ? 1 : 2);
    int fd = RETRY(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    env_free(env, directory);
    if (fd < 0) {
        return ERR(code_of(errno));
    }
    /* EINVAL: a file system that has no such notion, and needs none. */
    bool is_synced = RETRY(fsync(fd)) == 0 || errno == EINVAL;
    int error = errno;
    close(fd);
    return is_synced ? OK : ERR(code_of(error));
}

/* Opens or makes; *ret_is_new says which. A file may come or go between the two attempts. */
static int open_or_make(const char *path, enum env_open how, bool *ret_is_new) {
    enum { ATTEMPTS = 8 };
    int fd = -1;
    for (int i = 0; i < ATTEMPTS; i++) {
        if (how != ENV_WRITE_NEW) {
            *ret_is_new = false;
            int flags = how == ENV_READ ? O_RDONLY : O_RDWR;
            fd = RETRY(open(path, flags | O_CLOEXEC));
            if (fd >= 0 || errno != ENOENT || how == ENV_READ) {
                return fd;
            }
        }
        *ret_is_new = true;
        fd = RETRY(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
        if (fd >= 0 || errno != EEXIST || how == ENV_WRITE_NEW) {
            return fd;
        }
    }
    return fd;
}

static struct err posix_open(struct env *env, const char *path, enum env_open how,
                             struct env_file **ret_file) {
    struct env_file *file = env_alloc(env, sizeof *file);
    if (file == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    bool is_new = false;
    *file = (struct env_file){env, open_or_make(path, how, &is_new)};
    struct err err = file->fd < 0 ? ERR(code_of(errno)) : OK;
    if (!err_failed(err) && is_new) {
        err = sync_directory_of(env, path);
    }
    if (err_failed(err)) {
        if (file->fd >= 0) {
            close(file->fd);
        }
        env_free(env, file);
        return err;
    }
    *ret_file = file;
    return OK;
}

static struct err posix_read(struct env_file *file, uint64_t offset, void *bytes, size_t len,
                             size_t *ret_len) {
    if (offset > INT64_MAX) {
        return ERR(ERR_TOO_LARGE);
    }
    ssize_t got = RETRY(pread(file->fd, bytes, len, (off_t)offset));
    if (got < 0) {
        return ERR(code_of(errno));
    }
    *ret_len = (size_t)got;
    return OK;
}

static struct err posix_write(struct env_file *file, uint64_t offset, const void *bytes,
                              size_t len) {
    if (offset > INT64_MAX - len) {
        return ERR(ERR_TOO_LARGE);
    }
    for (size_t done = 0; done < len;) {
        ssize_t put =
            RETRY(pwrite(file->fd, (const char *)bytes + done, len - done, (off_t)(offset + done)));
        if (put < 0) {
            return ERR(code_of(errno));
        }
        done += (size_t)put;
    }
    return OK;
}

static struct err posix_truncate(struct env_file *file, uint64_t len) {
    if (len > INT64_MAX) {
        return ERR(ERR_TOO_LARGE);
    }
    return RETRY(ftruncate(file->fd, (off_t)len)) == 0 ? OK : ERR(code_of(errno));
}

static struct err posix_sync(struct env_file *file) {
    return RETRY(fdatasync(file->fd)) == 0 ? OK : ERR(code_of(errno));
}

static struct err posix_size(struct env_file *file, uint64_t *ret_len) {
    struct stat info;
    if (fstat(file->fd, &info) != 0) {
        return ERR(code_of(errno));
    }
    *ret_len = (uint64_t)info.st_size;
    return OK;
}

/* An OFD lock belongs to this opening of the file: a second one in the same process is refused as
 * another process is, and closing some other descriptor of the file does not drop it. */
static struct err posix_lock(struct env_file *file) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (RETRY(fcntl(file->fd, F_OFD_SETLK, &whole)) == 0) {
        return OK;
    }
    return ERR(errno == EACCES ? ERR_BUSY : code_of(errno));
}

static void posix_close(struct env_file *file) {
    close(file->fd); /* never repeated: Linux has freed the number even when it reports EINTR */
    env_free(file->env, file);
}

static struct err posix_make_dir(struct env *env, const char *path) {
    if (mkdir(path, S_IRWXU) == 0) {
        return sync_directory_of(env, path);
    }
    if (errno != EEXIST) {
        return ERR(code_of(errno));
    }
    struct stat info;
    if (stat(path, &info) != 0) {
        return ERR(code_of(errno));
    }
    return S_ISDIR(info.st_mode) ? OK : ERR(ERR_CONFLICT);
}

static struct err posix_remove(struct env *env, const char *path) {
    if (unlink(path) != 0) {
        return ERR(code_of(errno));
    }
    return sync_directory_of(env, path);
}

static struct err posix_exists(struct env *env, const char *path, bool *ret_exists) {
    (void)env;
    if (access(path, F_OK) == 0) {
        *ret_exists = true;
        return OK;
    }
    if (errno != ENOENT && errno != ENOTDIR) {
        return ERR(code_of(errno));
    }
    *ret_exists = false;
    return OK;
}

static struct err posix_is_empty_dir(struct env *env, const char *path, bool *ret_is_empty) {
    (void)env;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return ERR(code_of(errno));
    }
    bool is_empty = true;
    errno = 0;
    for (const struct dirent *entry = readdir(directory); entry != NULL && is_empty;
         entry = readdir(directory)) {
        is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    }
    int error = errno;
    closedir(directory);
    if (error != 0) {
        return ERR(code_of(error));
    }
    *ret_is_empty = is_empty;
    return OK;
}

enum { KEEP_MAX = 32 * 1024 * 1024 };

void env_posix_keep_memory(void) {
    /* Wishes: another allocator, as that of a sanitizer, may know nothing of them. */
    (void)mallopt(M_MMAP_THRESHOLD, TABLE_BYTES_MIN);
    (void)mallopt(M_TRIM_THRESHOLD, KEEP_MAX);
}

void env_posix_forbid_dumps(void) {
    const struct rlimit none = {0, 0};
    int limited = setrlimit(RLIMIT_CORE, &none);
    check(limited == 0);
    /* A dump that goes to a program (core(5)) heeds no limit, but this. */
    int forbidden = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    check(forbidden == 0);
}

void env_posix_trim_memory(void) {
    (void)malloc_trim(0);
}

void env_posix_init(struct env *env) {
    *env = (struct env){
        .wall_ms = posix_wall_ms,
        .mono_ns = posix_mono_ns,
        .random = posix_random,
        .realloc = posix_realloc,
        .zeroed = posix_zeroed,
        .log = posix_log,
        .files = {posix_open, posix_read, posix_write, posix_truncate, posix_sync, posix_size,
                  posix_lock, posix_close, posix_make_dir, posix_remove, posix_exists,
                  posix_is_empty_dir, sync_directory_of},
    };
}
