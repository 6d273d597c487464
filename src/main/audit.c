/* Who signs the audit log, and how it reaches the system's log. */
#include <sys/stat.h>
#include <syslog.h>

#include "main/program.h"

enum { KEY_TEXT = 2 * SIGN_SEED_SIZE };

static const char *key_path(struct program *program) {
    return arena_printf(&program->arena, "%s/audit.key", program->options->data_dir).bytes;
}

static struct err unreadable(struct program *program, struct err err, const char *path) {
    return cx_fail(&program->cx, err,
                   "The key of the audit log, %.200s, cannot be read (%s); expected %d "
                   "hexadecimal digits.",
                   path, err_name(err.code), (int)KEY_TEXT);
}

static struct err read_seed(struct program *program, const char *path,
                            uint8_t ret_seed[SIGN_SEED_SIZE]) {
    struct str text;
    struct err err = env_read_file(program->env, path, KEY_TEXT + 1, &text);
    if (err_failed(err)) {
        return unreadable(program, err, path);
    }
    struct str digits = str_first(text, KEY_TEXT);
    bool is_good = text.len >= KEY_TEXT && str_unhex(digits, ret_seed, SIGN_SEED_SIZE);
    env_free(program->env, (char *)(uintptr_t)text.bytes);
    return is_good ? OK : unreadable(program, ERR(ERR_FORMAT), path);
}

/* For its owner's eyes, and not even theirs to write. */
static struct err make_seed(struct program *program, const char *path,
                            uint8_t ret_seed[SIGN_SEED_SIZE]) {
    struct env *env = program->env;
    char text[KEY_TEXT + 1];
    struct env_file *file = NULL;
    env->random(env, ret_seed, SIGN_SEED_SIZE);
    str_hex(ret_seed, SIGN_SEED_SIZE, text);
    text[KEY_TEXT] = '\n';
    struct err err = env->files.open(env, path, ENV_WRITE_NEW, &file);
    if (!err_failed(err)) {
        err = env->files.write(file, 0, text, sizeof text);
        err = err_failed(err) ? err : env->files.sync(file);
        env->files.close(file);
    }
    if (!err_failed(err) && chmod(path, S_IRUSR) != 0) {
        err = ERR(ERR_PERMISSION);
    }
    return err_failed(err) ? cx_fail(&program->cx, err,
                                     "The key of the audit log, %.200s, cannot be made (%s).", path,
                                     err_name(err.code))
                           : OK;
}

/* "file:/a,syslog:,https://b": checked by the command line. */
static void choose_sinks(struct program *program) {
    struct str rest = program->options->audit_sinks;
    struct audit_signer *signer = &program->signer;
    while (rest.len > 0 && signer->sink_count < AUDIT_SINKS_MAX) {
        struct str sink = str_trim(str_cut(&rest, ','));
        if (sink.len > 0) {
            signer->sinks[signer->sink_count++] = sink;
        }
    }
}

struct err program_open_audit(struct program *program) {
    const char *path = key_path(program);
    uint8_t seed[SIGN_SEED_SIZE];
    bool exists = false;
    TRY(program->env->files.exists(program->env, path, &exists));
    TRY(exists ? read_seed(program, path, seed) : make_seed(program, path, seed));
    sign_key_of(seed, &program->signer.key);
    program->signer.origin =
        arena_printf(&program->arena, "turnpike/" STR_FMT, STR_ARG(program->app.installation_id));
    choose_sinks(program);
    program->app.audit_signer = &program->signer;
    return OK;
}

/* One line, since the system's log has no other: the note's own line ends become " | ". */
void program_syslog(struct str note) {
    char line[AUDIT_NOTE_MAX * 3];
    size_t len = 0;
    for (size_t i = 0; i < note.len && len + 3 < sizeof line; i++) {
        if (note.bytes[i] == '\n') {
            memcpy(line + len, " | ", 3);
            len += 3;
        } else {
            line[len++] = note.bytes[i];
        }
    }
    syslog(LOG_AUTHPRIV | LOG_NOTICE, "turnpike audit checkpoint: %.*s", (int)len, line);
}
