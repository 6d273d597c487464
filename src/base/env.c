#include "base/env.h"

#include "base/check.h"

void *env_alloc(struct env *env, size_t size) {
    check(size > 0);
    return env->realloc(env, NULL, size);
}

void *env_alloc_zeroed(struct env *env, size_t size) {
    check(size > 0);
    return env->zeroed(env, size);
}

void env_free(struct env *env, void *memory) {
    if (memory != NULL) {
        void *none = env->realloc(env, memory, 0);
        check(none == NULL);
    }
}

struct err env_read_file(struct env *env, const char *path, size_t max, struct str *ret_content) {
    struct env_file *file = NULL;
    TRY(env->files.open(env, path, ENV_READ, &file));
    uint64_t size = 0;
    struct err err = env->files.size(file, &size);
    if (!err_failed(err) && size > max) {
        err = ERR(ERR_TOO_LARGE);
    }
    char *bytes = err_failed(err) ? NULL : env_alloc(env, (size_t)size + 1);
    if (bytes == NULL) {
        env->files.close(file);
        return err_failed(err) ? err : ERR(ERR_NO_MEMORY);
    }
    size_t len = 0;
    size_t got = 1;
    while (!err_failed(err) && got > 0 && len < size) {
        err = env->files.read(file, len, bytes + len, (size_t)size - len, &got);
        len += err_failed(err) ? 0 : got;
    }
    env->files.close(file);
    if (err_failed(err)) {
        env_free(env, bytes);
        return err;
    }
    bytes[len] = '\0';
    *ret_content = (struct str){bytes, len};
    return OK;
}
