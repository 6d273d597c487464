/* `turnpike evidence …`: packs of evidence, asked for, listed, fetched and looked at. */
#include "cli/evidence.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/path.h"
#include "cli/run.h"

enum { LOOK_MS = 200 };

static const char *const columns[] = {"id",          "status",      "from", "to",
                                      "requestedAt", "requestedBy", "size"};

/* --- create --- */

static void put_string(struct json_writer *out, const char *name, const struct args *args) {
    json_member_str(out, name, args_text(args, name));
}

static struct err target_of(struct cli *cli, struct str id, const char *end, struct buf *target) {
    buf_add(target, STR("/api/admin/evidence-packs/"));
    url_encode(target, id);
    buf_add(target, str_from_cstr(end));
    return target->has_failed ? cx_fail(cli->cx, ERR(ERR_TOO_LARGE), "The id is too long.") : OK;
}

/* Looks until the file is made; *pack is replaced by each newer look. */
static struct err follow(struct cli *cli, const struct client *client, struct client_answer *pack) {
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    TRY(target_of(cli, arena_str(cli->cx->arena, json_text(pack->json, "id")), "", &target));
    while (str_equal(json_text(pack->json, "status"), STR("running"))) {
        struct client_answer newer = {0};
        client_wait(client, LOOK_MS);
        TRY(ask_get(cli, client, STR(""), &target, &newer));
        client_answer_finish(pack);
        *pack = newer;
    }
    return str_equal(json_text(pack->json, "status"), STR("ready"))
               ? OK
               : cx_fail(cli->cx, ERR(ERR_CONFLICT),
                         "The pack could not be made; the server's log says why.");
}

static struct err create(struct cli *cli, const struct args *args, struct client_answer *pack) {
    struct client client = {0};
    struct json_writer out;
    CLEANUP(buf_finish) struct buf body;
    buf_init(&body, cli->cx->env, ASK_TARGET_MAX);
    json_writer_init(&out, &body);
    json_open_object(&out);
    put_string(&out, "from", args);
    put_string(&out, "to", args);
    json_close_object(&out);
    const struct client_request request = {
        .method = STR("POST"), .target = STR("/api/admin/evidence-packs"), .body = buf_str(&body)};
    TRY(ask_client(cli, args, &client));
    TRY(ask_call(cli, &client, &request, pack));
    return follow(cli, &client, pack);
}

int run_evidence_create(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    CLEANUP(client_answer_finish) struct client_answer pack = {0};
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    struct err err = create(cli, args, &pack);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &pack);
    } else {
        ask_put(cli, json_text(pack.json, "id"));
        (void)fputc('\n', cli->out);
    }
    return CLI_DONE;
}

/* --- list --- */

int run_evidence_list(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    struct client client = {0};
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_printf(&target, "/api/admin/evidence-packs?limit=%d", (int)LIMIT_PAGE);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    struct err err = ask_client(cli, args, &client);
    err = err_failed(err) ? err : ask_get(cli, &client, STR(""), &target, &answer);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
    } else {
        ask_put_page(cli, answer.json, columns, ARRAY_LEN(columns));
    }
    return CLI_DONE;
}

/* --- download --- */

/* Part by part, each in memory of its own, into a file that is open. */
static struct err fetch_into(struct cli *cli, const struct client *client, struct str target,
                             struct env_file *file) {
    struct client_file wanted = {.target = target};
    struct arena arena CLEANUP(arena_finish);
    struct cx cx;
    bool is_last = false;
    arena_init(&arena, cli->cx->env, 4 * CLIENT_PART);
    cx_init(&cx, cli->cx->env, &arena);
    while (!is_last) {
        struct str bytes;
        uint64_t at = wanted.at;
        struct err err = client_fetch(&cx, client, &wanted, &bytes, &is_last);
        err = err_failed(err) ? err : cli->cx->env->files.write(file, at, bytes.bytes, bytes.len);
        if (err_failed(err)) {
            return cx_fail(cli->cx, err, "%s",
                           cx.detail[0] == '\0' ? "The file cannot be written." : cx.detail);
        }
        wanted.etag = arena_str(cli->cx->arena, wanted.etag);
        arena_reset(&arena);
    }
    return cli->cx->env->files.sync(file);
}

static struct err save(struct cli *cli, const struct client *client, struct str target,
                       const char *path) {
    struct env *env = cli->cx->env;
    struct env_file *file = NULL;
    struct err err = env->files.open(env, path, ENV_WRITE_NEW, &file);
    if (err_failed(err)) {
        return cx_fail(cli->cx, err, "The file %.200s cannot be made (%s).", path,
                       err_name(err.code));
    }
    err = fetch_into(cli, client, target, file);
    env->files.close(file);
    if (err_failed(err)) {
        (void)env->files.remove(env, path); /* half of it is of no use */
    }
    return err;
}

static struct err download(struct cli *cli, const struct args *args, const char **ret_path) {
    struct client client = {0};
    const char *path = args_value(args, "to");
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    TRY(target_of(cli, str_from_cstr(args->operand), "/file", &target));
    TRY(ask_client(cli, args, &client));
    TRY(path_absolute(
        cli->cx,
        path != NULL
            ? path
            : arena_printf(cli->cx->arena, "turnpike-evidence-%s.zip", args->operand).bytes,
        ret_path));
    return save(cli, &client, buf_str(&target), *ret_path);
}

int run_evidence_download(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    const char *path = NULL;
    if (wrong != NULL || args->operand[0] == '\0') {
        return cli_fail(cli, CLI_USAGE, "%s", wrong != NULL ? wrong : "ID is empty.");
    }
    struct err err = download(cli, args, &path);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    (void)fprintf(cli->out, "%s\n", path);
    return CLI_DONE;
}

/* --- verify --- */

static void print_text(struct cli *cli, const struct cli_evidence_report *report) {
    for (size_t i = 0; i < report->count && i < CLI_EVIDENCE_FINDINGS_MAX; i++) {
        ask_put(cli, report->findings[i].file);
        (void)fprintf(cli->out, " %s.\n", report->findings[i].what);
    }
    if (report->count > CLI_EVIDENCE_FINDINGS_MAX) {
        (void)fprintf(cli->out, "%zu more are not shown.\n",
                      report->count - CLI_EVIDENCE_FINDINGS_MAX);
    }
    (void)fprintf(cli->out, "%" PRId64 " files of ", report->files);
    ask_put(cli, report->pack);
    (void)fputs(", ", cli->out);
    ask_put(cli, report->from);
    (void)fputs(" to ", cli->out);
    ask_put(cli, report->to);
    (void)fputs(", for ", cli->out);
    ask_put(cli, report->requester);
    (void)fputs(report->count == 0 ? ": all is as it was signed.\n"
                                   : ": this is not what was signed.\n",
                cli->out);
}

static void print_json(struct cli *cli, const struct cli_evidence_report *report) {
    CLEANUP(buf_finish) struct buf buf;
    struct json_writer out;
    buf_init(&buf, cli->cx->env, SIZE_MAX);
    json_writer_init(&out, &buf);
    json_open_object(&out);
    json_member_bool(&out, "sound", report->count == 0);
    json_member_str(&out, "pack", report->pack);
    json_member_str(&out, "installation", report->installation);
    json_member_str(&out, "from", report->from);
    json_member_str(&out, "to", report->to);
    json_member_i64(&out, "files", report->files);
    json_name(&out, "findings");
    json_open_array(&out);
    for (size_t i = 0; i < report->count && i < CLI_EVIDENCE_FINDINGS_MAX; i++) {
        json_open_object(&out);
        json_member_str(&out, "file", report->findings[i].file);
        json_member_cstr(&out, "what", report->findings[i].what);
        json_close_object(&out);
    }
    json_close_array(&out);
    json_close_object(&out);
    (void)fprintf(cli->out, STR_FMT "\n", STR_ARG(buf_str(&buf)));
}

int run_evidence_verify(struct cli *cli, const struct args *args) {
    struct cli_evidence options = {.public_key = args_text(args, "public-key")};
    struct cli_evidence_report *report = ARENA_NEW(cli->cx->arena, struct cli_evidence_report);
    struct err err = report == NULL ? ERR(ERR_NO_MEMORY) : OK;
    err = err_failed(err) ? err : path_absolute(cli->cx, args->operand, &options.file);
    err =
        err_failed(err) ? err : path_absolute(cli->cx, args_value(args, "data"), &options.data_dir);
    err = err_failed(err) ? err : cli->hooks->evidence_verify(cli->cx, &options, report);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        print_json(cli, report);
    } else {
        print_text(cli, report);
    }
    return report->count == 0 ? CLI_DONE : CLI_FAILED;
}
