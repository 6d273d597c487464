/* The keys from outside, under which all other keys are wrapped.
 *
 * One key a line, the first wraps and all unwrap: 64 hexadecimal digits, or base64, of 32 bytes.
 * They are printed by a command, or stand in a file, or in the service's credential turnpike.key
 * (systemd.exec(5)); where nothing says so, in DIR/turnpike.key, which the first start makes. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "main/key_command.h"
#include "main/program.h"
#include "store/data_key.h"
#include "store/keyring.h"

enum { CONTENT_MAX = 4096, KEY_HEX = 2 * SEAL_KEY };

#define KEY_FILE "turnpike.key"

/* --- a text with keys --- */

static bool read_key(struct str line, uint8_t ret_key[SEAL_KEY]) {
    size_t len = 0;
    return (line.len == KEY_HEX && str_unhex(line, ret_key, SEAL_KEY)) ||
           (base64_read(line, ret_key, SEAL_KEY, &len) && len == SEAL_KEY);
}

static struct err no_key(struct cx *cx, const char *place, const char *why) {
    return cx_fail(cx, ERR(ERR_FORMAT),
                   "%.200s %s; expected a key of 32 bytes a line, as 64 hexadecimal digits or in "
                   "base64, the newest first, at most %d.",
                   place, why, (int)KEK_MAX);
}

static struct err read_keys(struct cx *cx, const char *place, struct str text,
                            struct kek_list *ret_keks) {
    ret_keks->count = 0;
    while (text.len > 0) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (line.len > 0 && line.bytes[line.len - 1] == '\r') {
            line.len--;
        }
        if (line.len == 0) {
            continue;
        }
        if (ret_keks->count == KEK_MAX) {
            return no_key(cx, place, "holds too many keys");
        }
        if (!read_key(line, ret_keks->keys[ret_keks->count])) {
            return no_key(cx, place, "holds a line that is no key");
        }
        ret_keks->count++;
    }
    return ret_keks->count > 0 ? OK : no_key(cx, place, "holds no key");
}

/* --- a file --- */

static struct err read_private(struct cx *cx, const char *path, int fd, char *content,
                               size_t *ret_len) {
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return cx_fail(cx, ERR(ERR_IO), "The key in %.200s cannot be looked at.", path);
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return cx_fail(cx, ERR(ERR_PERMISSION),
                       "The key in %.200s can be read by others than its owner (mode %03o): "
                       "expected mode 400 or 600.",
                       path, (unsigned)(info.st_mode & 0777));
    }
    ssize_t got = read(fd, content, CONTENT_MAX);
    *ret_len = got > 0 ? (size_t)got : 0;
    return got < 0 ? cx_fail(cx, ERR(ERR_IO), "The key in %.200s cannot be read.", path) : OK;
}

static struct err open_private(struct cx *cx, const char *path, char *content, size_t *ret_len) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return cx_fail(cx, ERR(ERR_NOT_FOUND),
                       "The key file %.200s cannot be opened: is it there, and may this user read "
                       "it?",
                       path);
    }
    struct err err = read_private(cx, path, fd, content, ret_len);
    close(fd);
    return err;
}

static struct err read_file(struct cx *cx, const char *path, struct kek_list *ret_keks) {
    char *content = secret_alloc(CONTENT_MAX);
    size_t len = 0;
    struct err err = content == NULL ? ERR(ERR_NO_MEMORY) : open_private(cx, path, content, &len);
    err = err_failed(err) ? err : read_keys(cx, path, str_of(content, len), ret_keks);
    secret_free(content);
    return err;
}

/* --- where nothing is configured --- */

static struct err write_file(struct cx *cx, const char *path, struct str content) {
    const struct env_files *files = &cx->env->files;
    struct env_file *file = NULL;
    struct err err = files->open(cx->env, path, ENV_WRITE_NEW, &file);
    if (!err_failed(err)) {
        err = files->write(file, 0, content.bytes, content.len);
        err = err_failed(err) ? err : files->sync(file);
        files->close(file);
    }
    bool is_private = !err_failed(err) && chmod(path, S_IRUSR) == 0;
    return is_private ? OK
                      : cx_fail(cx, err_failed(err) ? err : ERR(ERR_IO),
                                "The key file %.200s cannot be written.", path);
}

static struct err make_file(struct cx *cx, const char *path, struct kek_list *ret_keks) {
    char line[KEY_HEX + 1];
    cx->env->random(cx->env, ret_keks->keys[0], SEAL_KEY);
    ret_keks->count = 1;
    str_hex(ret_keks->keys[0], SEAL_KEY, line);
    line[KEY_HEX] = '\n';
    struct err err = write_file(cx, path, str_of(line, sizeof line));
    secret_wipe(line, sizeof line);
    return err;
}

/* A database that has keys of its own must not get another one made for it. */
static struct err has_keys(struct program *program, bool *ret_has) {
    struct tx tx = {&program->cx, program->writing, NULL};
    return data_key_any(&tx, ret_has);
}

static struct err read_own(struct program *program, struct kek_list *ret_keks) {
    struct cx *cx = &program->cx;
    const char *path =
        arena_printf(&program->arena, "%s/" KEY_FILE, program->options->data_dir).bytes;
    bool exists = false;
    bool is_sealed = false;
    TRY(cx->env->files.exists(cx->env, path, &exists));
    TRY(has_keys(program, &is_sealed));
    if (!exists && is_sealed) {
        return cx_fail(cx, ERR(ERR_NOT_FOUND),
                       "The key is missing under which these data are sealed: it was in %.200s, or "
                       "is given with --key-file, --key-command or as the systemd credential "
                       "turnpike.key.",
                       path);
    }
    bool is_server = program->listens_on_network;
    if (!exists || is_server) {
        log_event(cx->env, LOG_WARNING, "keyring.beside_data",
                  "file=" KEY_FILE " made=%d advice=\"whoever copies the folder has the key: keep "
                  "it elsewhere, with --key-file\"",
                  exists ? 0 : 1);
    }
    return exists ? read_file(cx, path, ret_keks) : make_file(cx, path, ret_keks);
}

/* --- which of them --- */

static const char *chosen(const char *option, const char *variable) {
    const char *value = option != NULL ? option : getenv(variable);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static const char *credential(struct program *program) {
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    bool exists = false;
    if (folder == NULL) {
        return NULL;
    }
    const char *path = arena_printf(&program->arena, "%s/" KEY_FILE, folder).bytes;
    struct err err = program->env->files.exists(program->env, path, &exists);
    return err_failed(err) || !exists ? NULL : path;
}

static struct err read_all(struct program *program, struct kek_list *ret_keks) {
    struct cx *cx = &program->cx;
    const char *file = chosen(program->options->key_file, "TURNPIKE_KEY_FILE");
    const char *command = chosen(program->options->key_command, "TURNPIKE_KEY_COMMAND");
    if (file != NULL && command != NULL) {
        return cx_fail(cx, ERR(ERR_FORMAT), "--key-file and --key-command exclude each other.");
    }
    if (command != NULL) {
        char *content = secret_alloc(CONTENT_MAX);
        size_t len = 0;
        struct err err = content == NULL ? ERR(ERR_NO_MEMORY)
                                         : key_command(cx, command, content, CONTENT_MAX, &len);
        err = err_failed(err)
                  ? err
                  : read_keys(cx, "What --key-command prints", str_of(content, len), ret_keks);
        secret_free(content);
        return err;
    }
    file = file != NULL ? file : credential(program);
    return file != NULL ? read_file(cx, file, ret_keks) : read_own(program, ret_keks);
}

struct err program_open_keyring(struct program *program) {
    struct app *app = &program->app;
    struct kek_list *keks = secret_alloc(sizeof *keks);
    struct err err = keks == NULL ? ERR(ERR_NO_MEMORY) : read_all(program, keks);
    err = err_failed(err) ? err : key_safe_create(program->env, keks, &app->safe);
    secret_free(keks);
    err = err_failed(err) ? err : keyring_create(app->safe, &app->writer_keys);
    err = err_failed(err) ? err : keyring_create(app->safe, &app->reader_keys);
    return err.code == ERR_NO_MEMORY
               ? cx_fail(&program->cx, err, "There is no memory for the keys.")
               : err;
}

void program_close_keyring(struct program *program) {
    keyring_free(program->app.reader_keys);
    keyring_free(program->app.writer_keys);
    key_safe_destroy(program->app.safe);
}
