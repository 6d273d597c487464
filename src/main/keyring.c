/* The keys from outside, under which all other keys are wrapped.
 *
 * One key a line, the first wraps and all unwrap: 64 hexadecimal digits, or base64, of 32 bytes.
 * They are printed by a command, or stand in a file, or in the service's credential turnpike.key
 * (systemd.exec(5)); where nothing says so, in DIR/turnpike.key, which the first start makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/keyring.h"
#include "base/check.h"
#include "base/log.h"
#include "main/key_command.h"
#include "main/key_file.h"
#include "main/program.h"
#include "store/data_key.h"

enum { CONTENT_MAX = 4096, KEY_HEX = 2 * SEAL_KEY };

#define KEY_FILE "turnpike.key"

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

/* Over what is there, or for the first time; a power cut leaves the one or the other. */
static struct err replace_file(struct cx *cx, const char *path, const struct kek_list *keks) {
    char *text = secret_alloc(KEK_MAX * (KEY_HEX + 1));
    const char *fresh = arena_printf(cx->arena, "%s.new", path).bytes;
    if (text == NULL || arena_failed(cx->arena)) {
        secret_free(text);
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < keks->count; i++) {
        str_hex(keks->keys[i], SEAL_KEY, text + i * (KEY_HEX + 1));
        text[i * (KEY_HEX + 1) + KEY_HEX] = '\n';
    }
    (void)cx->env->files.remove(cx->env, fresh).code; /* of one that was cut short */
    struct err err = write_file(cx, fresh, str_of(text, keks->count * (KEY_HEX + 1)));
    secret_free(text);
    TRY(err);
    return rename(fresh, path) == 0
               ? cx->env->files.sync_name(cx->env, path)
               : cx_fail(cx, ERR(ERR_IO), "The key file %.200s cannot be written.", path);
}

static struct err make_file(struct cx *cx, const char *path, struct kek_list *keks) {
    cx->env->random(cx->env, keks->keys[0], SEAL_KEY);
    keks->count = 1;
    return replace_file(cx, path, keks);
}

/* A database that has keys of its own must not get another one made for it. */
static struct err has_keys(struct program *program, bool *ret_has) {
    struct tx tx = {.cx = &program->cx, .db = program->writing, .keyring = NULL};
    return data_key_any(&tx, ret_has);
}

/* The file in the data folder, made if there may be none. */
static struct err look_for_own(struct program *program, const char *path, struct kek_list *keks) {
    struct cx *cx = &program->cx;
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
    if (!exists || program->listens_on_network) {
        log_event(cx->env, LOG_WARNING, "keyring.beside_data",
                  "file=" KEY_FILE " made=%d advice=\"whoever copies the folder has the key: keep "
                  "it elsewhere, with --key-file\"",
                  exists ? 0 : 1);
    }
    return exists ? OK : make_file(cx, path, keks);
}

/* --- which of them --- */

enum key_place { PLACE_COMMAND, PLACE_FILE, PLACE_CREDENTIAL, PLACE_DATA_FOLDER };

static const char *const place_names[] = {
    [PLACE_COMMAND] = "command",
    [PLACE_FILE] = "file",
    [PLACE_CREDENTIAL] = "credential",
    [PLACE_DATA_FOLDER] = "data_folder",
};

/* Where the keys come from, as long as the program runs. */
struct program_keys {
    struct key_source source; /* first: the use cases hand it back */
    struct program *program;
    enum key_place place;
    const char *value; /* a command, or a path */
    /* What is read again, on a thread of its own. */
    uv_work_t work;
    struct kek_list *keks;
    struct err err;
    char detail[CX_DETAIL_MAX];
    key_renewed *done;
    void *context;
};

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

static struct err choose(struct program *program, struct program_keys *keys) {
    const char *command = chosen(program->options->key_command, "TURNPIKE_KEY_COMMAND");
    const char *file = chosen(program->options->key_file, "TURNPIKE_KEY_FILE");
    const char *given = credential(program);
    if (file != NULL && command != NULL) {
        return cx_fail(&program->cx, ERR(ERR_FORMAT),
                       "--key-file and --key-command exclude each other.");
    }
    keys->place = command != NULL ? PLACE_COMMAND
                  : file != NULL  ? PLACE_FILE
                  : given != NULL ? PLACE_CREDENTIAL
                                  : PLACE_DATA_FOLDER;
    keys->value = command != NULL ? command : file != NULL ? file : given;
    if (keys->place == PLACE_DATA_FOLDER) {
        keys->value =
            arena_printf(&program->arena, "%s/" KEY_FILE, program->options->data_dir).bytes;
        return look_for_own(program, keys->value, keys->keks);
    }
    return OK;
}

static struct err read_command(struct cx *cx, const char *command, struct kek_list *ret_keks) {
    char *content = secret_alloc(CONTENT_MAX);
    size_t len = 0;
    struct err err =
        content == NULL ? ERR(ERR_NO_MEMORY) : key_command(cx, command, content, CONTENT_MAX, &len);
    err = err_failed(err)
              ? err
              : key_text_read(cx, "What --key-command prints", str_of(content, len), ret_keks);
    secret_free(content);
    return err;
}

static struct err read_place(struct cx *cx, const struct program_keys *keys) {
    return keys->place == PLACE_COMMAND ? read_command(cx, keys->value, keys->keks)
                                        : key_file_read(cx, keys->value, keys->keks);
}

/* --- again, while the program runs --- */

static struct err renew_own(struct cx *cx, const struct program_keys *keys) {
    struct kek_list *keks = keys->keks;
    if (keks->count == KEK_MAX) {
        return key_text_refuse(cx, keys->value, "holds too many keys");
    }
    memmove(keks->keys[1], keks->keys[0], keks->count * SEAL_KEY);
    cx->env->random(cx->env, keks->keys[0], SEAL_KEY);
    keks->count++;
    return replace_file(cx, keys->value, keks);
}

static void read_again(uv_work_t *work) {
    struct program_keys *keys = work->data;
    struct arena arena;
    struct cx cx;
    arena_init(&arena, keys->program->env, LIMIT_REQUEST_ARENA);
    cx_init(&cx, keys->program->env, &arena);
    keys->err = read_place(&cx, keys);
    if (!err_failed(keys->err) && keys->place == PLACE_DATA_FOLDER) {
        keys->err = renew_own(&cx, keys);
    }
    memcpy(keys->detail, cx.detail, sizeof keys->detail);
    arena_finish(&arena);
}

static void has_read(uv_work_t *work, int status) {
    struct program_keys *keys = work->data;
    (void)status; /* nobody cancels it */
    if (err_failed(keys->err)) {
        log_event(keys->program->env, LOG_ERROR, "keyring.not_read", "err=%s detail=\"%s\"",
                  err_name(keys->err.code), keys->detail);
    }
    const struct key_renewal renewal = {keys->err, keys->keks};
    keys->done(keys->context, &renewal);
    secret_wipe(keys->keks, sizeof *keys->keks);
}

static void renew(struct key_source *source, key_renewed *done, void *context) {
    struct program_keys *keys = (struct program_keys *)source;
    keys->done = done;
    keys->context = context;
    keys->work.data = keys;
    int queued = uv_queue_work(&keys->program->loop, &keys->work, read_again, has_read);
    check(queued == 0);
}

/* A file that we have made is ours to shorten; others are their makers'. */
static void settle(struct key_source *source) {
    struct program_keys *keys = (struct program_keys *)source;
    struct cx *cx = &keys->program->cx;
    if (keys->place != PLACE_DATA_FOLDER) {
        return;
    }
    struct err err = read_place(cx, keys);
    if (!err_failed(err)) {
        keys->keks->count = 1;
        err = replace_file(cx, keys->value, keys->keks);
    }
    if (err_failed(err)) {
        log_event(cx->env, LOG_ERROR, "keyring.not_shortened", "err=%s detail=\"%s\"",
                  err_name(err.code), cx->detail);
    } else {
        key_safe_replace(keys->program->app.safe, keys->keks);
    }
    secret_wipe(keys->keks, sizeof *keys->keks);
}

/* --- life --- */

static struct err open_keyrings(struct program *program, struct program_keys *keys) {
    struct app *app = &program->app;
    TRY(choose(program, keys));
    TRY(read_place(&program->cx, keys));
    TRY(key_safe_create(program->env, keys->keks, &app->safe));
    TRY(keyring_create(app->safe, &app->writer_keys));
    TRY(keyring_create(app->safe, &app->reader_keys));
    keys->source = (struct key_source){renew, settle, place_names[keys->place]};
    app->key_source = &keys->source;
    return OK;
}

struct err program_open_keyring(struct program *program) {
    struct program_keys *keys = ARENA_NEW(&program->arena, struct program_keys);
    struct err err = ERR(ERR_NO_MEMORY);
    program->keys = keys;
    if (keys != NULL) {
        keys->program = program;
        keys->keks = secret_alloc(sizeof *keys->keks);
        err = keys->keks == NULL ? err : open_keyrings(program, keys);
    }
    if (keys != NULL && keys->keks != NULL) {
        secret_wipe(keys->keks, sizeof *keys->keks);
    }
    return err.code == ERR_NO_MEMORY
               ? cx_fail(&program->cx, err, "There is no memory for the keys.")
               : err;
}

void program_close_keyring(struct program *program) {
    keyring_free(program->app.reader_keys);
    keyring_free(program->app.writer_keys);
    key_safe_destroy(program->app.safe);
    if (program->keys != NULL) {
        secret_free(program->keys->keks);
    }
}
